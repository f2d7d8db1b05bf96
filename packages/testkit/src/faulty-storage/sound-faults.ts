import type { Fault } from './fault.ts'

/** Faults that a storage which keeps its contract may show, and a host must live with. */
export const soundFaults: readonly Fault[] = [
  { kind: 'failBefore' },
  { kind: 'failBefore', code: 'storage_contention' },
  { kind: 'failBefore', code: 'storage_full' },
  { kind: 'failAfter' },
  { kind: 'latency', ms: 500 },
  { kind: 'duplicate' },
  { kind: 'missingBlob' },
  { kind: 'corruptBlob' },
  { kind: 'crashBefore' },
  { kind: 'crashDuring' },
  { kind: 'crashAfter' },
]
