// What has gone wrong where nobody was waiting for an answer. The host's health, `onError` and `stop` tell of it.
import type { Logger, PerdureError } from '@perdure/core'
import { asPerdureError } from '../errors/as-perdure-error.ts'
import type { OperationOf } from './failure-policy.ts'

/** Failures that are kept for `stop` to tell; there may be any number of them, so the first ones stand for all. */
const keptFailures = 100

/** One place for failures in the background. */
export class Troubles {
  readonly #logger: Logger
  readonly #onError: ((error: PerdureError) => void) | undefined
  readonly #failures: PerdureError[] = []
  readonly #background = new Map<OperationOf<'background'>, PerdureError>()
  #count = 0

  constructor(logger: Logger, onError?: (error: PerdureError) => void) {
    this.#logger = logger
    this.#onError = onError
  }

  /** Failures reported so far. */
  get count(): number {
    return this.#count
  }

  /** The first of them. */
  get failures(): readonly PerdureError[] {
    return this.#failures
  }

  /** Background work whose last attempt failed, and why. */
  get background(): ReadonlyMap<string, PerdureError> {
    return this.#background
  }

  /** A failure that ends something for good: logged, kept, and told to `onError`, which may throw. */
  report(error: PerdureError): void {
    this.#count++
    if (this.#failures.length < keptFailures) this.#failures.push(error)
    this.#logger.error({ code: error.code, ...error.details }, error.message)
    try {
      this.#onError?.(error)
    } catch (thrown) {
      this.#logger.error({ error: String(thrown) }, 'onError threw')
    }
  }

  /** Carries out background work: if it fails, that shows until a later attempt succeeds. @returns its result, if any */
  async attempt<Result>(
    operation: OperationOf<'background'>,
    work: () => Promise<Result>,
  ): Promise<Result | undefined> {
    try {
      const result = await work()
      this.#background.delete(operation)
      return result
    } catch (thrown) {
      const error = asPerdureError(thrown)
      this.#background.set(operation, error)
      const facts = { code: error.code, error: error.message }
      this.#logger.warn(facts, `a ${operation} failed; the next interval tries again`)
      return undefined
    }
  }
}
