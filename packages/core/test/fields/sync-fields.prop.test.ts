import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeContent, hydrateFields, syncFields, unborn } from '@perdure/core'
import type { FieldChange, FieldPolicy, JsonValue } from '@perdure/core'
import { anyJson } from '../helpers/arbitrary-json.ts'

const none = { fields: {}, refs: {}, overflow: [] }
const anyPolicy: fc.Arbitrary<FieldPolicy> = fc.record(
  {
    inlineMaxBytes: fc.constantFrom(0, 2, 10, 100, Infinity),
    ttlSeconds: fc.nat({ max: 10 }),
    journal: fc.constantFrom('value', 'ref'),
  },
  { requiredKeys: ['inlineMaxBytes', 'journal'] },
)
const anyChanges = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'toString', 'c'), anyJson), {
  selector: ([name]) => name,
})

function toChanges(entries: readonly (readonly [string, JsonValue])[], sequence: number) {
  return new Map(
    entries.map(([name, value]): [string, FieldChange] => [
      name,
      { value: { kind: 'value', value }, sequence, at: sequence * 1_000 },
    ]),
  )
}

it('is undone by hydrating, for any values and any policy', () => {
  fc.assert(
    fc.property(anyPolicy, anyChanges, (policy, entries) => {
      const synced = syncFields(() => policy, none, toChanges(entries, 1))
      const contents = new Map(synced.overflow.map(({ hash, bytes }) => [hash, decodeContent(bytes)]))
      const hydrated = hydrateFields({ ...unborn, ...synced }, contents)
      expect(isDeepStrictEqual({ ...hydrated }, Object.fromEntries(entries))).toBe(true)
      expect(Object.keys(synced.fields).filter((field) => Object.hasOwn(synced.refs, field))).toEqual([])
    }),
  )
})

it('depends on the last change of each field only', () => {
  fc.assert(
    fc.property(anyPolicy, anyChanges, anyChanges, (policy, first, second) => {
      const policies = () => policy
      const stepwise = syncFields(
        policies,
        syncFields(policies, none, toChanges(first, 1)),
        toChanges(second, 2),
      )
      const merged = new Map([...toChanges(first, 1), ...toChanges(second, 2)])
      const atOnce = syncFields(policies, none, merged)
      expect(isDeepStrictEqual(stepwise.fields, atOnce.fields)).toBe(true)
      expect(stepwise.refs).toEqual(atOnce.refs)
    }),
  )
})
