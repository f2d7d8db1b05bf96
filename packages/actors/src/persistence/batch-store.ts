// Gets a batch stored: repeats what may succeed when repeated, finds the unit that spoils it for its neighbours, and tells
// an entity that cannot be stored from a storage that is away. Called by the write cycle, one batch at a time.
import { backoffMs } from '@perdure/core'
import type { Clock, PerdureError, Random, Storage } from '@perdure/core'
import type { RetryPolicy } from './backoff.ts'
import type { Captured } from './capture-batch.ts'
import type { CycleCounters } from './cycle-counters.ts'
import { isRetryable, tryCommit, tryDivided } from './try-commit.ts'
import type { Commit, UnitOutcome } from './try-commit.ts'
import { after, answered } from './with-retry.ts'

/** A unit that cannot be stored, for good; `isSpent` when its own budget is, though the storage answered others. */
export interface FailedUnit {
  readonly kind: 'failed'
  readonly error: PerdureError
  readonly isSpent: boolean
}

/** What became of a unit. */
export type StoredUnit =
  | Exclude<UnitOutcome, { readonly kind: 'failed' }>
  | FailedUnit
  /** To be tried again by itself. */
  | { readonly kind: 'later'; readonly error: PerdureError }

/** What became of a batch: an outcome for each unit, or the failure of the storage. */
export interface StoredBatch {
  readonly outcomes: readonly StoredUnit[]
  /** The storage was away for longer than the budget, or nobody waits any more; then there are no outcomes. */
  readonly failure?: PerdureError
}

/** What is known of a unit that was set aside. */
export interface AsideHistory {
  /** Its own budget is over. */
  readonly isOver: boolean
  /** Commits of the host when it failed last. */
  readonly commitsBefore: number
}

/** What storing needs from outside. */
export interface BatchStoreOptions {
  readonly storage: Storage
  readonly clock: Clock
  readonly random: Random
  readonly retry: RetryPolicy
  readonly counters: CycleCounters
  /** Says whether to go on trying. */
  readonly isWanted: () => boolean
  /** Whether there is somebody whose turn it could be instead. */
  readonly areOthersWaiting: () => boolean
}

/** Failures of a whole batch after which it is worth looking for the unit they are about. */
const triesUndivided = 3

/** Stores batches. Remembers between them how long the storage has been away. */
export class BatchStore {
  readonly #options: BatchStoreOptions
  /** Runs from the first of the failures that no success has come after. */
  #stopBudget: (() => void) | undefined
  #isBudgetOver = false
  #trouble: PerdureError | undefined

  constructor(options: BatchStoreOptions) {
    this.#options = options
  }

  /** Why the last try failed; undefined when it succeeded. */
  get trouble(): PerdureError | undefined {
    return this.#trouble
  }

  /** @param aside - of the unit that the batch consists of, if it was set aside */
  async store(batch: readonly Captured[], aside: AsideHistory | undefined): Promise<StoredBatch> {
    // Before this try, which counts itself.
    const isSpent = aside !== undefined && this.#isSpent(aside)
    const { clock, random, retry, counters, storage, isWanted, areOthersWaiting } = this.#options
    const commit: Commit = (sent) => answered(clock, retry.answerMs, () => storage.commit(sent))
    const units = batch.map(({ unit }) => unit)
    for (let attempt = 1; ; attempt++) {
      let outcomes = await tryCommit(commit, units)
      const error = wholeFailure(outcomes)
      if (error !== undefined && (!isRetryable(error) || attempt === triesUndivided)) {
        outcomes = await tryDivided(commit, units, outcomes, isWanted)
      }
      this.#note(outcomes)
      const again = retryableFailure(outcomes)
      // Somebody was stored, or repeating does not help: what is left over is about the units.
      if (again === undefined || this.#stopBudget === undefined) return conclude(outcomes, isSpent)
      if (isSpent) return conclude(outcomes, isSpent)
      if (this.#isBudgetOver || !isWanted()) {
        this.close()
        return { outcomes: [], failure: again }
      }
      const isOne = units.length === 1 && (aside !== undefined || attempt >= triesUndivided)
      if (isOne && areOthersWaiting()) return conclude(outcomes, isSpent)
      counters.retries++
      await new Promise<void>((resolve) => after(clock, backoffMs(retry, attempt, random), resolve))
      if (!isWanted()) return { outcomes: [], failure: again }
    }
  }

  #note(outcomes: readonly UnitOutcome[]): void {
    const { counters } = this.#options
    if (outcomes.some(({ kind }) => kind !== 'failed')) {
      counters.commits++
      this.close()
      this.#trouble = undefined
      return
    }
    const first = outcomes[0]
    this.#trouble = first?.kind === 'failed' ? first.error : undefined
    if (retryableFailure(outcomes) !== undefined) this.#startBudget()
  }

  /** Its own time is over, and others were stored since its last try: it is not the storage that fails. */
  #isSpent({ isOver, commitsBefore }: AsideHistory): boolean {
    return isOver && this.#options.counters.commits > commitsBefore
  }

  #startBudget(): void {
    const { clock, retry } = this.#options
    if (this.#stopBudget !== undefined) return
    this.#isBudgetOver = retry.budgetMs <= 0
    this.#stopBudget = after(clock, retry.budgetMs, () => (this.#isBudgetOver = true))
  }

  /** Counts no time any longer. */
  close(): void {
    this.#stopBudget?.()
    this.#stopBudget = undefined
  }
}

function conclude(outcomes: readonly UnitOutcome[], isSpent: boolean): StoredBatch {
  return {
    outcomes: outcomes.map((outcome) => {
      if (outcome.kind !== 'failed') return outcome
      const { error } = outcome
      return isRetryable(error) && !isSpent ? { kind: 'later', error } : { kind: 'failed', error, isSpent }
    }),
  }
}

/** Why nothing of it was stored; undefined when something was. */
function wholeFailure(outcomes: readonly UnitOutcome[]): PerdureError | undefined {
  let error: PerdureError | undefined
  for (const outcome of outcomes) {
    if (outcome.kind !== 'failed') return undefined
    error = outcome.error
  }
  return error
}

function retryableFailure(outcomes: readonly UnitOutcome[]): PerdureError | undefined {
  for (const outcome of outcomes) {
    if (outcome.kind === 'failed' && isRetryable(outcome.error)) return outcome.error
  }
  return undefined
}
