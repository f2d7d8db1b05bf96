/** How long to go on trying, and how to space the tries. */
export interface RetryPolicy {
  /** Upper bound of the first wait, milliseconds; doubles with each try. @defaultValue 20 */
  readonly baseMs: number
  /** Upper bound of every wait, milliseconds. @defaultValue 2000 */
  readonly capMs: number
  /** From the first failure, after which the error is final, milliseconds. @defaultValue 30000 */
  readonly budgetMs: number
  /**
   * How long a storage may take to answer one call, milliseconds; then its outcome counts as unknown, and it is repeated. Above
   * what the storage gives itself (storage-pg: 65 s a statement), this is for one that hangs. @defaultValue 120000
   */
  readonly answerMs: number
}

/** The policy of a host that sets none. */
export const defaultRetryPolicy: RetryPolicy = {
  baseMs: 20,
  capMs: 2_000,
  budgetMs: 30_000,
  answerMs: 120_000,
}
