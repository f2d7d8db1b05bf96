// The one base class. Codes are stable and closed unions in the subclasses; text may change, codes may not.

/** Structured facts about an error, safe to log. */
export type ErrorDetails = Readonly<Record<string, unknown>>

/** Base of every error that Perdure throws. Recognise it by `code`, not by class: several copies may be loaded. */
export class PerdureError extends Error {
  override readonly name: string = 'PerdureError'
  /** Stable, machine-readable. */
  readonly code: string
  readonly details: ErrorDetails

  constructor(
    code: string,
    message: string,
    options: { readonly cause?: unknown; readonly details?: ErrorDetails } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.details = options.details ?? {}
  }
}

const mark = Symbol.for('perdure.error')
Object.defineProperty(PerdureError.prototype, mark, { value: true })

/**
 * Whether this is an error of Perdure's, and optionally one of this code. Works across copies of the package.
 */
export function isPerdureError(error: unknown, code?: string): error is PerdureError {
  return (
    typeof error === 'object' &&
    error !== null &&
    (error as Record<symbol, unknown>)[mark] === true &&
    (code === undefined || (error as PerdureError).code === code)
  )
}
