// What sweep and prune are told, and what they answer; see `Storage`.

/** What a sweep or a prune has let go of, exactly counted. */
export interface SweepCounts {
  /** References whose time was over. */
  readonly expiredRefs: number
  /** Blobs that were marked because nothing refers to them any more. */
  readonly orphanedBlobs: number
  readonly deletedBlobs: number
  /** Bytes at rest that the deleted blobs took. */
  readonly freedBytes: number
}

/** What a prune has let go of beyond that. */
export interface PruneCounts extends SweepCounts {
  /** References that went because they were made too long ago. */
  readonly agedRefs: number
  /** References that went to get below the byte cap. */
  readonly cappedRefs: number
}

/** What a sweep or a prune is at: references that expire, are too old or over the cap go; blobs are marked, then deleted. */
export type RetentionPhase = 'expire' | 'age' | 'cap' | 'mark' | 'delete'

/** How far a sweep or a prune has come; a sweep has no aged and no capped references. */
export interface RetentionProgress extends PruneCounts {
  readonly phase: RetentionPhase
}

/** How one sweep goes about it. */
export interface SweepOptions {
  /** The present, epoch milliseconds: references that end at or before it have expired. */
  readonly now: number
  /** How long a blob without references is kept before it is deleted, milliseconds. @defaultValue 0 */
  readonly graceMs?: number
  /** References or blobs in one statement. @defaultValue 500 */
  readonly batch?: number
  /** Changes nothing, and answers what would be done at this moment. @defaultValue false */
  readonly dryRun?: boolean
  /** Once it fires the work ends after the batch that is under way. */
  readonly signal?: AbortSignal
  /** Told after every batch, and waited for: what it returns holds the next batch back. */
  readonly onProgress?: (progress: RetentionProgress) => void | Promise<void>
}

/** What goes beyond what has expired. */
export interface RetentionLimits {
  /** References last made so long ago, or longer, go. @defaultValue no limit */
  readonly maxAgeMs?: number
  /** References go, least recently made first, until the blobs they leave take no more than this at rest. @defaultValue no limit */
  readonly maxStoredBytes?: number
}

/** How one prune goes about it: as a sweep, and further. */
export interface PruneOptions extends SweepOptions, RetentionLimits {}

/** `done`; `aborted` by the signal, with what was done so far; `skipped` because another sweep or prune was under way. */
export type RetentionOutcome = 'done' | 'aborted' | 'skipped'

/** What a sweep did. */
export interface SweepResult extends SweepCounts {
  readonly outcome: RetentionOutcome
}

/** What a prune did. */
export interface PruneResult extends PruneCounts {
  readonly outcome: RetentionOutcome
  /** By how much the blobs that are still referred to exceed the cap: nothing more may go. 0 unless the outcome is `done`. */
  readonly unmetBytes: number
}
