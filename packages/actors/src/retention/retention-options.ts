import type { RetentionLimits } from '@perdure/core'

/** How a host looks after the blobs of its storage, beside its work. */
export interface RetentionOptions {
  /**
   * Milliseconds from one sweep to the next, about: each wait is between half and one and a half of it, so that hosts which
   * start together do not sweep together. The first comes after such a wait too. From 60000 to
   * 1209600000, two weeks. @defaultValue 3600000
   */
  readonly sweepIntervalMs?: number
  /** How long a blob that nothing refers to any more is kept, milliseconds. @defaultValue 3600000 */
  readonly graceMs?: number
  /** Lets go of further references, too: by age, by a byte cap, or both. @defaultValue only what has expired goes */
  readonly prune?: RetentionLimits
}

/** The shortest interval: a sweep is for what has gathered, and costs the database a look at every blob. */
export const minSweepIntervalMs = 60_000
/** The longest: half as much again must still fit into a timer. */
export const maxSweepIntervalMs = 1_209_600_000
/** The interval of a host that sets none. */
export const defaultSweepIntervalMs = 3_600_000
/** The grace period of a host that sets none. */
export const defaultGraceMs = 3_600_000
