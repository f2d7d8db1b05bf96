import type { EntityEvent } from '@perdure/core'
import type { PerdureError } from '@perdure/core'
import type { EntityTypeShape, UntypedEntity } from './entity-types.ts'
import type { StateView } from './state-view.ts'

/**
 * When an asker hears: when the event has committed, or as soon as it is decided. What was answered early may get lost,
 * and the event may get another place in its entity's history; a loss is told to `onError` and shows in the health.
 */
export type Durability = 'committed' | 'processed'

/** What may be said about a command. */
export interface AskOptions {
  /** Asking again with the same key returns the first outcome, after a restart too. */
  readonly idempotencyKey?: string
  /** Refuse with `Conflict` unless the entity is at this version. */
  readonly expectedSequence?: number
  readonly correlationId?: string
  readonly causationId?: string
  /**
   * `processed` answers as soon as the command is decided, before it is stored; a creation is answered when it has
   * committed all the same, for only then is it certain to be one. @defaultValue that of the host
   */
  readonly durability?: Durability
  /**
   * Stops waiting, with the signal's reason. A command that nothing has been decided about is not carried out; one that was decided
   * may still commit.
   */
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
