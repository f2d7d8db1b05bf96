import { createHost } from '@perdure/actors'
import type { Host, HostOptions } from '@perdure/actors'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

export async function startTidyHost({ specs, storage }: HostOptions): Promise<Host> {
  return createHost({
    specs,
    storage,
    retention: {
      sweepIntervalMs: hourMs, // each wait is between half and one and a half of it; at least a minute
      graceMs: hourMs,
      prune: { maxAgeMs: 90 * dayMs, maxStoredBytes: 50 * 1024 ** 3 }, // absent: only what has ended goes
    },
  })
}
