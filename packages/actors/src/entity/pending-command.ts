import type { BlobWrite, EntityEvent, EntityState, PerdureError } from '@perdure/core'
import type { CommandRequest } from './command-request.ts'

/**
 * A command that was decided and whose outcome is not yet certain. A refusal waits too when it was decided on a state
 * that has not committed: should that state never come to be, the command is decided again.
 */
export type PendingCommand = { readonly request: CommandRequest } & (
  | {
      readonly kind: 'event'
      readonly event: EntityEvent
      readonly state: EntityState
      readonly overflow: readonly BlobWrite[]
    }
  | { readonly kind: 'refusal'; readonly error: PerdureError }
  /** Asked again under an idempotency key whose first command is still pending. */
  | { readonly kind: 'repeat'; readonly of: Extract<PendingCommand, { kind: 'event' }> }
)
