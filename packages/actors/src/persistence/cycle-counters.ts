/** What a host has done since it started. Plain numbers that only grow, told by its health. */
export interface CycleCounters {
  /** Events decided. */
  processed: number
  /** Events stored. */
  committed: number
  /** Events that were decided and did not come to be: lost to another host, or not to be stored. */
  discarded: number
  /** Commits that succeeded. */
  commits: number
  /** Commits that were tried again. */
  retries: number
  /** Units that lost against another host. */
  conflicts: number
  /** Commands that were acknowledged as processed and then lost. */
  acknowledgedLost: number
  /** Snapshots stored. */
  snapshots: number
}

/** All of them zero. */
export function newCounters(): CycleCounters {
  return {
    processed: 0,
    committed: 0,
    discarded: 0,
    commits: 0,
    retries: 0,
    conflicts: 0,
    acknowledgedLost: 0,
    snapshots: 0,
  }
}
