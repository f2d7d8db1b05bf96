import type { EntityEvent } from '@perdure/core'
import type { PerdureError } from '@perdure/core'
import type { EntityTypeShape, UntypedEntity } from './entity-types.ts'
import type { StateView } from './state-view.ts'

/** What may be said about a command. */
export interface AskOptions {
  /** Asking again with the same key returns the first outcome, after a restart too. */
  readonly idempotencyKey?: string
  /** Refuse with `Conflict` unless the entity is at this version. */
  readonly expectedSequence?: number
  readonly correlationId?: string
  readonly causationId?: string
  /** Stops waiting, with the signal's reason; a command that was already decided may still commit. */
  readonly signal?: AbortSignal
}

/** A command that was carried out: its event and the state after it, both committed. */
export interface AskResult<Type extends EntityTypeShape = UntypedEntity> {
  readonly event: EntityEvent
  readonly state: StateView<Type>
}

/** What `tryAsk` answers: the result, or the error that `ask` would have thrown. */
export type TryAskResult<Type extends EntityTypeShape = UntypedEntity> =
  | { readonly ok: true; readonly event: EntityEvent; readonly state: StateView<Type> }
  | { readonly ok: false; readonly error: PerdureError }
