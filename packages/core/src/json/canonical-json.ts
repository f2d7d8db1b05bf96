// Canonical JSON: the one text of a value, from which sizes and hashes are taken. Source: RFC 8785 (JCS), with one
// deviation: a lone surrogate is written as its \u escape instead of being refused, so that every string survives.
import type { JsonValue } from './json-value.ts'

/**
 * Writes a value as canonical JSON: keys sorted by UTF-16 code units, no spaces, numbers as ECMAScript prints them,
 * `-0` as `0`. Equal values give equal text. Recursive: values are at most `maxNestingDepth` deep by the time they come here.
 */
export function canonicalJson(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(canonicalJson).join(',')}]`
  const object = value as { readonly [key: string]: JsonValue }
  const members = Object.keys(object)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key] as JsonValue)}`)
  return `{${members.join(',')}}`
}
