import type { BlobWrite, EntityEvent, EntityState, Operation, PerdureError } from '@perdure/core'
import type { CommandOutcome, CommandRequest } from './command-request.ts'

/** A command that became an event. */
export interface PendingEvent {
  readonly kind: 'event'
  readonly request: CommandRequest
  /** As it goes to the log. */
  readonly event: EntityEvent
  /** The state after it. */
  readonly state: EntityState
  /** An upper bound of its bytes. */
  readonly stateBytes: number
  readonly overflow: readonly BlobWrite[]
  /** Its wait for a commit, where somebody measures it. */
  readonly wait?: Operation
}

/**
 * A command that was decided and whose outcome is not yet certain. A refusal waits too when it was decided on a state
 * that has not committed: should that state never come to be, the command is decided again.
 */
export type PendingCommand =
  | PendingEvent
  | { readonly kind: 'refusal'; readonly request: CommandRequest; readonly error: PerdureError }
  /** Asked again under an idempotency key whose first command is still pending. */
  | { readonly kind: 'repeat'; readonly request: CommandRequest; readonly of: PendingEvent }

/** What the asker hears, once it is certain. */
export function outcomeOf(pending: PendingCommand): CommandOutcome {
  switch (pending.kind) {
    case 'event':
      return { ok: true, event: pending.event, state: pending.state }
    case 'repeat':
      return { ok: true, event: pending.of.event, state: pending.of.state }
    case 'refusal':
      return { ok: false, error: pending.error }
  }
}
