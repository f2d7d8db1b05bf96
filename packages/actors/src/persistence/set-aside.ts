// Units that failed while others were stored. Each waits by itself for its next try; its entity's later events wait behind
// it, and nobody else does.
import { backoffMs } from '@perdure/core'
import type { Clock, CommitUnit, PerdureError, Random } from '@perdure/core'
import type { RetryPolicy } from './backoff.ts'
import type { AsideHistory } from './batch-store.ts'
import type { Captured } from './capture-batch.ts'
import type { Taken } from './pending-queue.ts'
import { after } from './with-retry.ts'
import type { Writer } from './writer.ts'

interface Aside extends AsideHistory {
  readonly unit: CommitUnit
  error: PerdureError
  attempts: number
  commitsBefore: number
  isOver: boolean
  readonly stopBudget: () => void
  stopWait: () => void
}

/** Keeps units as they were captured: whatever became of a try, only the very same unit may be tried again. */
export class SetAside {
  readonly #deps: { readonly clock: Clock; readonly random: Random; readonly retry: RetryPolicy }
  readonly #isDue: (taken: Taken<Writer, Writer>) => void
  readonly #units = new Map<Writer, Aside>()
  #isClosed = false

  /** @param isDue - told when a unit is to be tried again */
  constructor(
    deps: { readonly clock: Clock; readonly random: Random; readonly retry: RetryPolicy },
    isDue: (taken: Taken<Writer, Writer>) => void,
  ) {
    this.#deps = deps
    this.#isDue = isDue
  }

  /** Why the first of them failed. */
  get trouble(): PerdureError | undefined {
    for (const { error } of this.#units.values()) return error
    return undefined
  }

  unitOf(writer: Writer): CommitUnit | undefined {
    return this.#units.size === 0 ? undefined : this.#units.get(writer)?.unit
  }

  /** Of the unit that this batch consists of; undefined for other batches. */
  historyOf([first]: readonly Captured[]): AsideHistory | undefined {
    return first === undefined || this.#units.size === 0 ? undefined : this.#units.get(first.taken.key)
  }

  /** Ignored once it is closed. @param commitsBefore - commits of the host so far */
  put({ taken, unit }: Captured, error: PerdureError, commitsBefore: number): void {
    if (this.#isClosed) return
    const { clock, random, retry } = this.#deps
    const aside: Aside = this.#units.get(taken.key) ?? {
      unit,
      error,
      attempts: 0,
      commitsBefore,
      isOver: false,
      stopBudget: after(clock, retry.budgetMs, () => (aside.isOver = true)),
      stopWait: () => {},
    }
    aside.error = error
    aside.attempts++
    aside.commitsBefore = commitsBefore
    aside.stopWait = after(clock, backoffMs(retry, aside.attempts, random), () => this.#isDue(taken))
    this.#units.set(taken.key, aside)
  }

  delete(writer: Writer): void {
    if (this.#units.size === 0) return
    this.#units.get(writer)?.stopBudget()
    this.#units.delete(writer)
  }

  /** Nothing is tried again any more. */
  close(): void {
    this.#isClosed = true
    for (const { stopBudget, stopWait } of this.#units.values()) {
      stopBudget()
      stopWait()
    }
    this.#units.clear()
  }
}
