// What happened to an entity: immutable, self-contained facts. Replay applies them; it evaluates nothing.
import type { JsonObject, JsonValue } from '../json/json-value.ts'
import type { EntityKey } from './entity-key.ts'

/** Content that an event names but does not hold: its hash and its size in bytes. */
export interface ContentRef {
  readonly hash: string
  readonly size: number
}

/**
 * A resolved effect: a fact, with nothing left to evaluate. A tuple, to be short in the log.
 *
 * - `[v, 'counter' | 'number' | 'boolean' | 'list' | 'field', initial]` brings a variable of that kind into being
 * - `[v, '=', value]` · `[v, 'param', p]` assigns a value, or the value of this event's param `p`
 * - `[v, 'ref', content]` assigns content that the event does not hold
 * - `[v, '+', n]` · `[v, '-', n]` adds, subtracts (already saturated)
 * - `[v, 'append', item]` · `[v, 'removeAt', index]` · `[v, 'clear']` change a list
 * - `['', 'emit', name]` · `['', 'schedule', action, dueAt]` · `['', 'cancel', action]` ·
 *   `['', 'spawn', type, id, action, params]` are asked of the host after commit
 */
export type ResolvedEffect =
  | readonly [variable: string, kind: 'counter' | 'number', initial: number]
  | readonly [variable: string, kind: 'boolean', initial: boolean]
  | readonly [variable: string, kind: 'list', initial: readonly JsonValue[]]
  | readonly [variable: string, kind: 'field', initial: JsonValue]
  | readonly [variable: string, kind: '=', value: JsonValue]
  | readonly [variable: string, kind: 'param', param: string]
  | readonly [variable: string, kind: 'ref', content: ContentRef]
  | readonly [variable: string, kind: '+' | '-', amount: number]
  | readonly [variable: string, kind: 'append', item: JsonValue]
  | readonly [variable: string, kind: 'removeAt', index: number]
  | readonly [variable: string, kind: 'clear']
  | readonly [none: '', kind: 'emit', name: string]
  | readonly [none: '', kind: 'schedule', action: string, dueAt: number]
  | readonly [none: '', kind: 'cancel', action: string]
  | readonly [none: '', kind: 'spawn', type: string, id: string, action: string, params: JsonObject]

/** One event of one entity. */
export interface EntityEvent extends EntityKey {
  /** Per entity, 1-based, contiguous. */
  readonly sequence: number
  readonly eventId: string
  /** The action's name, or `Created`, `FieldsUpdated`, `Deleted`. */
  readonly action: string
  /** Status before; empty for `Created`. */
  readonly from: string
  readonly to: string
  readonly params: JsonObject
  /** Params that the journal holds by reference only; their names are not in `params`. */
  readonly paramRefs?: Readonly<Record<string, ContentRef>>
  /** Names of the params that stay out of fields. */
  readonly transient?: readonly string[]
  readonly effects: readonly ResolvedEffect[]
  /** Statuses of other entities that the decision rested on, by `Type/id`; null where there was no such entity. */
  readonly related?: Readonly<Record<string, string | null>>
  /** When it was decided, epoch milliseconds. */
  readonly at: number
  readonly specHash: string
  readonly specVersion: number
  readonly idempotencyKey?: string
  readonly correlationId?: string
  readonly causationId?: string
}

/** Names of the events that are not actions of a spec. */
export const createdAction = 'Created'
export const fieldsUpdatedAction = 'FieldsUpdated'
export const deletedAction = 'Deleted'
/** Takes the place of the whole history of an entity that was erased. */
export const erasedAction = 'Erased'
