// Sizes of values, as ceilings and limits mean them: UTF-8 bytes of canonical JSON.
import { canonicalJson } from './canonical-json.ts'
import type { JsonValue } from './json-value.ts'

/** Length of the value's canonical JSON in UTF-8 bytes: what a ceiling is compared with. */
export function jsonSize(value: JsonValue): number {
  return Buffer.byteLength(canonicalJson(value))
}

/** Whether the value's canonical JSON is at most `maxBytes` long. Most values are settled without writing it. */
export function fitsWithin(value: JsonValue, maxBytes: number): boolean {
  if (typeof value === 'string' && value.length + 2 > maxBytes) return false
  return sizeBound(value, maxBytes) <= maxBytes || jsonSize(value) <= maxBytes
}

/** Longest a JSON number gets: `-1.2345678901234567e-300`. */
const numberBound = 25

/**
 * An upper bound of `jsonSize` that costs a walk and no text: a UTF-16 unit takes between 1 byte (ASCII) and 6 (an
 * escape). Stops early, with a number over `enough`, once the bound has passed it.
 */
export function sizeBound(value: JsonValue, enough: number): number {
  if (typeof value === 'string') return value.length * 6 + 2
  if (typeof value !== 'object' || value === null) return numberBound
  let bound = 2
  if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) {
      bound += sizeBound(item, enough) + 1
      if (bound > enough) return bound
    }
    return bound
  }
  const object = value as { readonly [key: string]: JsonValue }
  // Every command is measured: `for … in` makes no list of entries.
  for (const key in object) {
    bound += key.length * 6 + 4 + sizeBound(object[key] as JsonValue, enough)
    if (bound > enough) return bound
  }
  return bound
}
