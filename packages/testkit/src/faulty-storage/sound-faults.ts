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

/**
 * Faults of order and time, which a host must live with too. Not among those a swarm is dealt from: where hosts disagree
 * about the time, what has expired is in the eye of the beholder, and a campaign that looks for that should say so.
 */
export const timeFaults: readonly Fault[] = [
  { kind: 'reorder' },
  { kind: 'clockJump', ms: 3_600_000 },
  { kind: 'clockJump', ms: -3_600_000 },
]
