// What an entity is after its events. Immutable; the projection other parts read is `fields` beside `refs`.
import type { BlobRef } from '../fields/blob-ref.ts'
import type { JsonValue } from '../json/json-value.ts'

/** The state of one entity. Every record has own keys only; read user-named keys with `Object.hasOwn`. */
export interface EntityState {
  readonly status: string
  /** The sequence of the last event; 0 before the first. */
  readonly version: number
  readonly counters: Readonly<Record<string, number>>
  /** `int` and `number` variables. */
  readonly numbers: Readonly<Record<string, number>>
  readonly booleans: Readonly<Record<string, boolean>>
  /** `list` and `set` variables. */
  readonly lists: Readonly<Record<string, readonly JsonValue[]>>
  /** Every field that is inline: `status`, params and variables. */
  readonly fields: Readonly<Record<string, JsonValue>>
  /** Every field that has overflowed. A field is in `fields` or in `refs`, never in both. */
  readonly refs: Readonly<Record<string, BlobRef>>
  /** When the entity was deleted, epoch milliseconds; absent while it lives. */
  readonly deletedAt?: number
}
