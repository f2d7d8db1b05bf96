import { PerdureError } from '@perdure/core'
import type { ExitCode } from '../exit-code.ts'

/** Every way the command-line tool itself fails. */
export type CliErrorCode =
  /** No file matches, or a path names none. */
  | 'spec_not_found'
  /** A command needs a spec, and the one it found has errors. */
  | 'spec_invalid'
  | 'unknown_action'
  | 'unknown_entity_type'
  | 'entity_not_found'
  | 'field_not_set'
  | 'consumer_not_found'
  /** Neither an option nor the environment says which storage is meant. */
  | 'no_storage'
  | 'storage_not_found'
  | 'cannot_write'
  /** `init` would overwrite files. */
  | 'already_there'
  | 'usage'

/** A failure that the user can do something about; the hint says what. */
export class CliError extends PerdureError {
  override readonly name: string = 'CliError'
  declare readonly code: CliErrorCode
  readonly hint: string | undefined
  readonly exitCode: ExitCode

  /** @param options `exitCode`: 1 where the question was sound and the answer is no. @defaultValue 2 */
  constructor(
    code: CliErrorCode,
    message: string,
    options: {
      readonly hint?: string | undefined
      readonly cause?: unknown
      readonly exitCode?: ExitCode
    } = {},
  ) {
    super(code, message, 'cause' in options ? { cause: options.cause } : {})
    this.hint = options.hint
    this.exitCode = options.exitCode ?? 2
  }
}
