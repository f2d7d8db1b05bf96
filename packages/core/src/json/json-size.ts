import { canonicalJson } from './canonical-json.ts'
import type { JsonValue } from './json-value.ts'

/** Length of the value's canonical JSON in UTF-8 bytes: what a ceiling is compared with. */
export function jsonSize(value: JsonValue): number {
  return Buffer.byteLength(canonicalJson(value))
}

/**
 * Whether the value's canonical JSON is at most `maxBytes` long. Settles most strings by their length alone: a UTF-16
 * unit takes between 1 byte (ASCII) and 6 (an escape), plus two quotes.
 */
export function fitsWithin(value: JsonValue, maxBytes: number): boolean {
  if (typeof value === 'string') {
    if (value.length * 6 + 2 <= maxBytes) return true
    if (value.length + 2 > maxBytes) return false
  }
  return jsonSize(value) <= maxBytes
}
