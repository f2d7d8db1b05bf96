// One run of a sweep or a prune in any storage: repeats the batches of each phase, counts, reports, and ends early when it
// is told to. What a batch does is the storage's own.
import type { PruneCounts, RetentionOutcome, RetentionPhase, SweepCounts, SweepOptions } from './retention.ts'
import type { PruneOptions, PruneResult, SweepResult } from './retention.ts'
import { StorageError } from './storage-error.ts'

/** What one batch did; `done` once its phase has nothing left to do. */
export interface RetentionBatch {
  readonly counts: Partial<PruneCounts>
  readonly done: boolean
}

const nothing: PruneCounts = {
  expiredRefs: 0,
  agedRefs: 0,
  cappedRefs: 0,
  orphanedBlobs: 0,
  deletedBlobs: 0,
  freedBytes: 0,
}

/** For authors of storages: carries the phases of a run out one after another. */
export class RetentionRun {
  readonly #signal: AbortSignal | undefined
  readonly #onProgress: SweepOptions['onProgress']
  #counts: PruneCounts = nothing
  #outcome: RetentionOutcome = 'done'

  constructor({ signal, onProgress }: Pick<SweepOptions, 'signal' | 'onProgress'>) {
    this.#signal = signal
    this.#onProgress = onProgress
  }

  /** `aborted` once a phase was cut short. */
  get outcome(): RetentionOutcome {
    return this.#outcome
  }

  /** What the batches did together. */
  get counts(): PruneCounts {
    return this.#counts
  }

  /** Repeats a phase until it is done, or the signal fires. */
  async repeat(phase: RetentionPhase, batch: () => RetentionBatch | Promise<RetentionBatch>): Promise<void> {
    for (let done = false; !done;) {
      if (this.#signal?.aborted === true) {
        this.#outcome = 'aborted'
        return
      }
      const result = await batch()
      done = result.done
      this.#counts = added(this.#counts, result.counts)
      await this.#onProgress?.({ phase, ...this.#counts })
    }
  }
}

function added(counts: PruneCounts, more: Partial<PruneCounts>): PruneCounts {
  return {
    expiredRefs: counts.expiredRefs + (more.expiredRefs ?? 0),
    agedRefs: counts.agedRefs + (more.agedRefs ?? 0),
    cappedRefs: counts.cappedRefs + (more.cappedRefs ?? 0),
    orphanedBlobs: counts.orphanedBlobs + (more.orphanedBlobs ?? 0),
    deletedBlobs: counts.deletedBlobs + (more.deletedBlobs ?? 0),
    freedBytes: counts.freedBytes + (more.freedBytes ?? 0),
  }
}

/** The answer of a run that another one kept from starting. */
export const skippedPrune: PruneResult = { outcome: 'skipped', ...nothing, unmetBytes: 0 }

/** What of a prune's answer is a sweep's. */
export function sweepResultOf(result: PruneResult): SweepResult {
  const { outcome, expiredRefs, orphanedBlobs, deletedBlobs, freedBytes } = result
  const counts: SweepCounts = { expiredRefs, orphanedBlobs, deletedBlobs, freedBytes }
  return { outcome, ...counts }
}

/**
 * Refuses options that make no sense; every storage asks, before it does anything.
 * @throws StorageError `storage_misconfigured`
 */
export function checkRetentionOptions(options: PruneOptions): void {
  const { now, batch, graceMs, maxAgeMs, maxStoredBytes } = options
  if (!Number.isSafeInteger(now)) throw misconfigured('now', 'epoch milliseconds, a whole number', now)
  if (batch !== undefined && !(Number.isSafeInteger(batch) && batch > 0)) {
    throw misconfigured('batch', 'a whole number above 0', batch)
  }
  for (const [name, value] of Object.entries({ graceMs, maxAgeMs, maxStoredBytes })) {
    if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) continue
    throw misconfigured(name, 'a whole number of at least 0', value)
  }
}

function misconfigured(option: string, what: string, value: unknown): StorageError {
  const message = `${option} of a sweep or a prune must be ${what}, and was ${String(value)}`
  return new StorageError('storage_misconfigured', message, { details: { option } })
}
