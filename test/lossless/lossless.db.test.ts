// Any JSON value comes back byte for byte in canonical form, whatever the storage: the same commands through a host on memory,
// PGlite and PostgreSQL, compared with what was given and with each other, before and after a restart.
import { createHost } from '@perdure/actors'
import type { Host } from '@perdure/actors'
import { canonicalJson } from '@perdure/core'
import type { JsonObject, JsonValue, Storage } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'
import { parseSpec } from '@perdure/spec-parser'
import { openStorage } from '@perdure/storage-pg'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../setup/database.ts'
import type { TestDatabase } from '../setup/database.ts'

const { spec } = parseSpec(`
[automaton]
name = "Box"
states = ["Open"]
initial = "Open"
snapshot_every = 2

[[state]]
name = "inline"
type = "json"
overflow_inline_max_bytes = 100000000

[[state]]
name = "overflowed"
type = "json"
overflow_inline_max_bytes = 0

[[state]]
name = "byReference"
type = "json"
overflow_inline_max_bytes = 0
overflow_journal = "ref"

[[state]]
name = "items"
type = "list"
overflow_inline_max_bytes = 0

[[action]]
name = "Put"
params = [{ name = "inline", type = "json" }, { name = "overflowed", type = "json" }, { name = "byReference", type = "json" }]

[[action]]
name = "Add"
params = [{ name = "item", type = "json", required = true }]
effect = "append(items, params.item)"
`)

let database: TestDatabase
const storages: Storage[] = []
let first: readonly Host[]
let again: readonly Host[]
let boxes = 0

beforeAll(async () => {
  database = await createTestDatabase()
  const limits = { maxEventBytes: 64 * 1024 ** 2 }
  storages.push(
    openMemoryStorage(limits),
    await openStorage('pglite://memory', limits),
    await openStorage(database.url, limits),
  )
  ;[first, again] = [await hosts(), await hosts()]
})

afterAll(async () => {
  for (const host of [...first, ...again]) await host.stop()
  for (const storage of storages) await storage.close()
  await database.drop()
})

/** A host on each storage; all with the same ids and the same time, so that they do the same. */
function hosts(): Promise<readonly Host[]> {
  if (spec === undefined) throw new Error('the spec is wrong')
  const clock = {
    now: () => 1_780_000_000_000,
    setTimeout: (run: () => void, ms: number): unknown => setTimeout(run, ms),
    clearTimeout: (handle: unknown): void => clearTimeout(handle as NodeJS.Timeout),
  }
  return Promise.all(
    storages.map((storage) => {
      let id = 0
      return createHost({
        specs: [spec],
        storage,
        clock,
        ids: { next: () => `id-${++id}` },
        keepStorageOpen: true,
        limits: { maxEventBytes: 64 * 1024 ** 2 },
      })
    }),
  )
}

const fields = ['inline', 'overflowed', 'byReference'] as const

/** Stores the value in every way there is, on every storage, and reads it back in every way there is. */
async function expectLossless(
  value: JsonValue,
  ways: readonly (typeof fields)[number][] = fields,
): Promise<void> {
  const given = deepFreeze(Object.fromEntries(ways.map((field) => [field, value])))
  const before = canonicalJson(given)
  const id = `box-${++boxes}`
  const seen = await Promise.all(
    first.map(async (host, index) => {
      const box = await host.spawn('Box', { id })
      await box.ask('Put', given)
      const after = again[index]?.entity('Box', id)
      if (after === undefined) throw new Error('there is no second host')
      for (const ref of [box, after]) {
        for (const field of ways) expectSame(await ref.readField(field), value, field)
        const { fields: hydrated } = await ref.state({ hydrate: true })
        for (const field of ways) expectSame(hydrated[field], value, `hydrated ${field}`)
      }
      const history: unknown[] = []
      for await (const event of after.history()) history.push(event)
      const { refs } = await after.state()
      return canonicalJson({ history, refs } as unknown as JsonValue)
    }),
  )
  expect(new Set(seen).size, 'the storages differ').toBe(1)
  expect(canonicalJson(given), 'what was given has changed').toBe(before)
}

/** Compares without printing megabytes. */
function expectSame(found: JsonValue | undefined, value: JsonValue, what: string): void {
  if (found === undefined || canonicalJson(found) !== canonicalJson(value))
    throw new Error(`${what} came back otherwise: ${JSON.stringify(found)?.slice(0, 200)}`)
}

function deepFreeze<Value extends JsonValue>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) deepFreeze(part as JsonValue)
  }
  return value
}

function nested(levels: number): JsonValue {
  let value: JsonValue = 'innermost'
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { in: value }
  return value
}

const hash = 'ab'.repeat(32)

const oddities: Readonly<Record<string, JsonValue>> = {
  'NUL in values and keys': ['\u0000', { 'a\u0000b': '\u0000\u0000', '\u0000': 1 }],
  'lone surrogates': ['\ud800', 'a\udc00b', '\ude00\ud83d', { '\ud800': '\udfff' }],
  __proto__: JSON.parse(
    '{"__proto__":{"admin":true},"constructor":{"prototype":1},"toString":null}',
  ) as JsonValue,
  'a negative zero': [-0, { zero: -0 }],
  'numbers at the edges': [
    1e308,
    -1e308,
    5e-324,
    2 ** 53 - 1,
    2 ** 53,
    2 ** 53 + 2,
    -(2 ** 53) + 1,
    1e21,
    1e-7,
  ],
  'empty keys and values': { '': { '': [] }, ' ': '', a: {} },
  'values that look like references': [
    { $blob: { key: `field-overflow/sha256/${hash}.json`, size: 1 } },
    { hash, size: 1, sequence: 1, expiresAt: 5 },
    { refs: { inline: { hash, size: 1, sequence: 1 } } },
    { kind: 'ref', 0: 'overflowed', 1: '=' },
  ],
  'strings that look like something else': [
    'null',
    '1',
    '[]',
    '\\u0000',
    '{"a":1}',
    '\ufeff',
    '\u2028',
    '\u001e\t\n',
  ],
}

describe('a value', () => {
  it.each(Object.keys(oddities))('comes back as it was, on every storage: %s', async (name) => {
    await expectLossless(oddities[name] ?? null)
  })

  it('comes back as it was, on every storage: any JSON', async () => {
    const json = fc.jsonValue({ stringUnit: 'binary', maxDepth: 6 }) as fc.Arbitrary<JsonValue>
    await fc.assert(
      fc.asyncProperty(json, (value) => expectLossless(value)),
      { numRuns: 40 },
    )
  })

  it.each(fields)('comes back as it was, on every storage: a string of 16 MiB, %s', async (field) => {
    await expectLossless('0123456789abcde\n'.repeat(1 << 20), [field])
  })

  it('comes back as it was, on every storage: items of a list', async () => {
    const items = Object.values(oddities)
    const seen = await Promise.all(
      first.map(async (host, index) => {
        const box = await host.spawn('Box', { id: 'list' })
        for (const item of items) await box.ask('Add', deepFreeze({ item }))
        return canonicalJson((await again[index]?.entity('Box', 'list').readField('items')) ?? null)
      }),
    )
    expect(seen).toEqual(seen.map(() => canonicalJson(items)))
  })

  it('may be nested 256 levels deep, its params included, and no deeper', async () => {
    await expectLossless(nested(255))
    for (const host of first) {
      const box = await host.spawn('Box', { id: `deep-${++boxes}` })
      for (const levels of [256, 100_000]) {
        const asked = box.ask('Put', { inline: nested(levels) } as JsonObject)
        await expect(asked).rejects.toMatchObject({ code: 'not_json' })
      }
      expect((await box.state()).version).toBe(1)
    }
  })
})
