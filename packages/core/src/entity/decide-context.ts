import type { Knowledge, Needs } from '../model/scope.ts'
import type { EntityKey } from './entity-key.ts'
import type { EntityEvent } from './event.ts'
import type { Rejection } from './rejection.ts'

/** Everything a decision takes from outside: the same context always gives the same event. */
export interface DecideContext {
  readonly entity: EntityKey
  /** Epoch milliseconds. */
  readonly now: number
  /** Id of the event, should there be one. */
  readonly eventId: string
  /** Ids of the entities that the event spawns, as many as asked for. */
  readonly spawnId?: (index: number) => string
  readonly knowledge?: Knowledge
}

/** The outcome of a decision. */
export type Decision =
  | { readonly kind: 'event'; readonly event: EntityEvent }
  | { readonly kind: 'rejection'; readonly rejection: Rejection }
  /** It depends on something not at hand: fetch it and decide again with it in `knowledge`. */
  | { readonly kind: 'needs'; readonly needs: Needs }
