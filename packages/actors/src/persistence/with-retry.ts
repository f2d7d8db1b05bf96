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

/** Repeats an idempotent storage call while its error is retryable and the budget lasts. @throws the last error */
export async function withRetry<Result>(deps: RetryDeps, call: () => Promise<Result>): Promise<Result> {
  const { clock, random, retry, isWanted = () => true } = deps
  let firstFailureAt: number | undefined
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      firstFailureAt ??= clock.now()
      const isRetryable = error instanceof StorageError && error.retryable
      if (!isRetryable || clock.now() - firstFailureAt >= retry.budgetMs || !isWanted()) throw error
      await sleep(clock, backoffMs(retry, attempt, random))
      if (!isWanted()) throw error
    }
  }
}

function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimeout(resolve, delayMs)
  })
}
