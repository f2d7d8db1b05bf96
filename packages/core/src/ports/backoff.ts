import type { Random } from './random.ts'

/** How to space tries. */
export interface BackoffPolicy {
  /** Upper bound of the first wait, milliseconds; doubles with each try. */
  readonly baseMs: number
  /** Upper bound of every wait, milliseconds. */
  readonly capMs: number
}

/**
 * The wait before try number `attempt` (1 is the first repeat), milliseconds: uniform between 0 and the exponential
 * bound ("full jitter"; Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015).
 */
export function backoffMs({ baseMs, capMs }: BackoffPolicy, attempt: number, random: Random): number {
  return Math.floor(random.next() * Math.min(capMs, baseMs * 2 ** (attempt - 1)))
}
