// Values by type, with a bias to where things go wrong: the edges of the type, the constants of the spec, the ceiling of
// the field, and values that look like something they are not.
import { canonicalJson } from '@perdure/core'
import type { JsonObject, JsonValue, ValueType } from '@perdure/core'
import * as fc from 'fast-check'
import type { MinedLiterals } from './mine-literals.ts'
import { textAround } from './sized-text.ts'

/** What is known of a value beyond its type. */
export interface ValueContext {
  /** Ceiling of the field it goes to, in bytes of canonical JSON. */
  readonly inlineMaxBytes: number
  readonly literals: MinedLiterals
  /** Ids that a reference may hold. */
  readonly ids: readonly string[]
}

/** Above this a value around the ceiling is rare, for it makes runs slow. */
const cheapBytes = 4_096

const impostors: readonly JsonValue[] = [
  { $blob: { key: `field-overflow/sha256/${'0'.repeat(64)}.json`, size: 3 } },
  { hash: '0'.repeat(64), size: 3, sequence: 1 },
]
const oddTexts: readonly string[] = [
  '',
  '\0',
  '\ud800',
  '__proto__',
  'constructor',
  '{"$blob":1}',
  'null',
  '0',
  '😀',
]

/** Values that fit a type; null is among them only where it is a value. */
export function valueOf(type: ValueType, context: ValueContext): fc.Arbitrary<JsonValue> {
  switch (type) {
    case 'string':
      return text(context)
    case 'ref':
      return fc.constantFrom(...context.ids, '', 'nobody')
    case 'int':
      return number(context, [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]).filter(Number.isSafeInteger)
    case 'counter':
      return number(context, [Number.MAX_SAFE_INTEGER]).map((value) => Math.abs(Math.trunc(value)))
    case 'number':
      return fc.oneof(
        { weight: 3, arbitrary: number(context, [0.1, -0.5, 1e21, 5e-324, Number.MAX_VALUE]) },
        {
          weight: 1,
          arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
        },
      )
    case 'bool':
      return fc.boolean()
    case 'list':
      return list(context)
    case 'set':
      return list(context).map((items) => [
        ...new Map(items.map((item) => [canonicalJson(item), item])).values(),
      ])
    case 'json':
      return anyJson(context)
  }
}

/** Any UTF-16 units, paired or not. Not `fc.string({ unit: 'binary' })`: its first use costs a second. */
const anyUnits = fc
  .array(fc.nat({ max: 0xffff }), { maxLength: 8 })
  .map((codes) => String.fromCharCode(...codes))

function text({ inlineMaxBytes, literals }: ValueContext): fc.Arbitrary<string> {
  const known = literals.strings.length === 0 ? oddTexts : literals.strings
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('', 'a', 'b') },
    { weight: 3, arbitrary: fc.constantFrom(...known) },
    { weight: inlineMaxBytes <= cheapBytes ? 4 : 1, arbitrary: textAround(inlineMaxBytes) },
    { weight: 1, arbitrary: fc.constantFrom(...oddTexts) },
    { weight: 1, arbitrary: anyUnits },
  )
}

function number({ literals }: ValueContext, extremes: readonly number[]): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 3 }) },
    { weight: 3, arbitrary: fc.constantFrom(0, 1, ...literals.numbers) },
    { weight: 1, arbitrary: fc.integer({ min: -10, max: 200 }) },
    { weight: 1, arbitrary: fc.constantFrom(...extremes) },
  )
}

/** An item of a list; nothing around ceilings, for those are the list's. */
function item({ literals }: ValueContext): fc.Arbitrary<JsonValue> {
  return fc.constantFrom<JsonValue>('x', 'y', 'z', 1, ...literals.strings, { a: ['x'] })
}

function list(context: ValueContext): fc.Arbitrary<readonly JsonValue[]> {
  const around = textAround(Math.max(context.inlineMaxBytes - 2, 0)).map((each) => [each])
  return fc.oneof(
    { weight: 3, arbitrary: fc.array(item(context), { maxLength: 4 }) },
    { weight: context.inlineMaxBytes <= cheapBytes ? 2 : 1, arbitrary: around },
  )
}

function anyJson(context: ValueContext): fc.Arbitrary<JsonValue> {
  const key = fc.constantFrom('a', 'b', 'toString', '__proto__', '')
  const object = fc
    .array(fc.tuple(key, item(context)), { maxLength: 3 })
    .map((entries): JsonObject => Object.fromEntries(entries))
  return fc.oneof(
    { weight: 3, arbitrary: text(context) },
    { weight: 2, arbitrary: fc.oneof(object, list(context), number(context, [0.1])) },
    { weight: 1, arbitrary: fc.constantFrom<JsonValue>(...impostors, null, true, [], {}) },
  )
}
