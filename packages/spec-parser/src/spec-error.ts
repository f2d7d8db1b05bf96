import { PerdureError } from '@perdure/core'
import type { SpecIssue } from '@perdure/core'

/** Every way loading and printing specs fails. */
export type SpecErrorCode =
  /** A spec has errors; `issues` lists them. */
  | 'spec_invalid'
  /** No file matches. */
  | 'spec_not_found'
  /** A file cannot be read; `cause` says why. */
  | 'spec_unreadable'
  /** A spec holds what TOML cannot say. */
  | 'spec_unprintable'

/** Specs could not be loaded or printed. `issues` has every diagnostic of every file, also the ones that are no errors. */
export class SpecError extends PerdureError {
  override readonly name: string = 'SpecError'
  declare readonly code: SpecErrorCode
  readonly issues: readonly SpecIssue[]

  constructor(
    code: SpecErrorCode,
    message: string,
    options: { readonly issues?: readonly SpecIssue[]; readonly cause?: unknown } = {},
  ) {
    super(code, message, 'cause' in options ? { cause: options.cause } : {})
    this.issues = options.issues ?? []
  }
}
