// How the host calls its storage: again after an error that may pass, and never waiting for ever. By timers, not by the time
// of day: a clock that is set right in the middle neither ends a budget early nor keeps it from ending.
import { backoffMs, StorageError } from '@perdure/core'
import type { Clock, Random } from '@perdure/core'
import type { RetryPolicy } from './backoff.ts'

/** What repeating needs from outside. */
export interface RetryDeps {
  readonly clock: Clock
  readonly random: Random
  readonly retry: RetryPolicy
  /** Says whether to go on trying; a host that has given up answers false. */
  readonly isWanted?: () => boolean
}

/** The longest delay that a timer of the platform takes; it would fire at once after a longer one. */
const longestTimerMs = 2 ** 31 - 1

/**
 * Repeats an idempotent storage call while its error is retryable and the budget lasts. One that has no answer after
 * `answerMs` may still be carried out, and is repeated like one whose answer was lost. @throws the last error
 */
export async function withRetry<Result>(
  deps: RetryDeps,
  call: (over: Pick<AbortController, 'signal'>) => Promise<Result>,
): Promise<Result> {
  const { clock, random, retry, isWanted = () => true } = deps
  let isSpent = retry.budgetMs <= 0
  let stopBudget: (() => void) | undefined
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return await answered(clock, retry.answerMs, call)
      } catch (error) {
        stopBudget ??= after(clock, retry.budgetMs, () => (isSpent = true))
        const isRetryable = error instanceof StorageError && error.retryable
        if (!isRetryable || isSpent || !isWanted()) throw error
        await new Promise<void>((resolve) => after(clock, backoffMs(retry, attempt, random), resolve))
        if (!isWanted()) throw error
      }
    }
  } finally {
    stopBudget?.()
  }
}

/**
 * @param call - gets what signals when its answer is waited for no more
 * @throws StorageError `outcome_unknown` when there is no answer for so long
 */
export function answered<Result>(
  clock: Clock,
  ms: number,
  call: (over: Pick<AbortController, 'signal'>) => Promise<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const over = new AbortController()
    const stop = after(clock, ms, () => {
      const message = `the storage has not answered for ${ms} ms; the call may have been carried out`
      const error = new StorageError('outcome_unknown', message)
      reject(error)
      over.abort(error)
    })
    call(over).then(resolve, reject).finally(stop)
  })
}

/** Calls back once after a while. @returns what keeps it from doing so */
export function after(clock: Clock, ms: number, callback: () => void): () => void {
  if (ms > longestTimerMs) return () => {}
  const handle = clock.setTimeout(callback, ms)
  return () => clock.clearTimeout(handle)
}
