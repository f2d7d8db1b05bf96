// Reading one field: where its value is, and which bytes it has. The same answer whether it is inline or overflowed.
import type { EntityState } from '../entity/entity-state.ts'
import { canonicalJson } from '../json/canonical-json.ts'
import type { JsonValue } from '../json/json-value.ts'
import { own } from '../json/own.ts'
import type { BlobRef } from './blob-ref.ts'

/** Where a field's value is. */
export type FieldLocation =
  | { readonly kind: 'inline'; readonly value: JsonValue }
  | { readonly kind: 'blob'; readonly ref: BlobRef }
  /** The claim has ended; swept or not, the value is not to be had. */
  | { readonly kind: 'expired'; readonly ref: BlobRef }
  | { readonly kind: 'unset' }

/** Locates a field at a time (epoch milliseconds). A reference that ends at `now` has expired. */
export function locateField(state: EntityState, field: string, now: number): FieldLocation {
  const ref = own(state.refs, field)
  if (ref !== undefined) {
    return ref.expiresAt !== undefined && ref.expiresAt <= now
      ? { kind: 'expired', ref }
      : { kind: 'blob', ref }
  }
  const value = own(state.fields, field)
  return value === undefined ? { kind: 'unset' } : { kind: 'inline', value }
}

/** A field's value as text: a string itself, null and unset as empty, anything else its canonical JSON. */
export function fieldText(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : canonicalJson(value)
}

/** A field's value as bytes: the UTF-8 of `fieldText`. */
export function fieldBytes(value: JsonValue | undefined): Uint8Array {
  return Buffer.from(fieldText(value), 'utf8')
}
