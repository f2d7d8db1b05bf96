// JSON values that look for trouble: any UTF-16 unit in strings, names that objects inherit, look-alikes of references.
import * as fc from 'fast-check'
import type { JsonObject, JsonValue } from '@perdure/core'

/** Any string, lone surrogates and NUL included. */
export const anyString: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  fc.constantFrom('', '\0', '\ud800', '\udfff\ud800', '"\\', '\u2028', '😀'),
)

const anyKey = fc.oneof(
  anyString,
  fc.constantFrom('__proto__', 'constructor', 'toString', 'then', 'length', '$blob', 'key'),
)

/** Any finite number; `-0` is for the boundary to normalise, so it is not here. */
const anyNumber: fc.Arbitrary<number> = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((value) => value + 0)

/** Any JSON value, as `JSON.parse` could have made it. */
export const anyJson: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'json' },
    fc.constantFrom(null, true, false),
    anyNumber,
    anyString,
    fc.array(tie('value'), { maxLength: 4, depthIdentifier: 'json' }),
    fc
      .array(fc.tuple(anyKey, tie('value')), { maxLength: 4, depthIdentifier: 'json' })
      .map((entries): JsonObject => Object.fromEntries(entries)),
  ),
})).value

/** The same value with the members of every object in another order. */
export function reordered(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(reordered)
  const entries = Object.entries(value).map(([key, member]) => [key, reordered(member)] as const)
  return Object.fromEntries(entries.reverse())
}
