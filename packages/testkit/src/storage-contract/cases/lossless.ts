// Lossless: whatever JSON an event holds comes back as it was, compared in canonical form.
import assert from 'node:assert/strict'
import { hashContent } from '@perdure/core'
import type { EntityEvent, JsonObject, JsonValue, Storage } from '@perdure/core'
import * as fc from 'fast-check'
import type { ContractCase } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { committed, sameJson } from '../check.ts'
import { session, specHash, unitOf } from '../make-unit.ts'

/** Stores an event that holds the value in its params, and in an effect, and reads it back in every way there is. */
async function expectRoundTrip(storage: Storage, id: string, value: JsonValue): Promise<void> {
  const special: Partial<EntityEvent> = {
    params: { value },
    effects: [['v', '=', value]],
    idempotencyKey: 'k',
  }
  const unit = unitOf(session(id), 0, { events: [special] })
  committed((await storage.commit([unit]))[0])
  const [event] = unit.events
  sameJson(await storage.readEvents(unit.entity), [event], 'the events read')
  sameJson((await storage.load(unit.entity, { specHash }))?.tail, [event], 'the tail loaded')
  sameJson(await storage.findByIdempotencyKey(unit.entity, 'k'), event, 'the event found')
}

/** A round trip of one value. */
function survives(value: JsonValue): ContractCase['run'] {
  return ({ storage }) => expectRoundTrip(storage, 's-1', value)
}

/** An object with keys that a careless copy would lose or act on. */
function withOddKeys(): JsonObject {
  return JSON.parse(
    '{"__proto__":{"admin":true},"constructor":1,"toString":2,"then":3,"length":4,"":5,"\\u0000":6,"\\ud800":7," ":8,"10":9,"9":10}',
  ) as JsonObject
}

function nested(levels: number): JsonValue {
  let value: JsonValue = 'innermost'
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { in: value }
  return value
}

const numbers = [
  0,
  -0,
  1e308,
  -1e308,
  5e-324,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 53 + 2,
  -(2 ** 53),
  1e21,
  1e-7,
  0.1 + 0.2,
]

const full: Partial<EntityEvent> = {
  paramRefs: {
    prompt: { hash: hashContent('prompt'), size: 200_000 },
    ['__proto__ ']: { hash: hashContent(''), size: 0 },
  },
  transient: ['token', 'odd "name"'],
  effects: [
    ['turns', 'counter', 0],
    ['flag', 'boolean', false],
    ['items', 'list', [null, {}, '']],
    ['result', 'ref', { hash: hashContent('result'), size: 1 }],
    ['items', 'removeAt', 0],
    ['items', 'clear'],
    ['', 'spawn', 'Child', 'c-1', 'Start', { parent_id: 's-1' }],
  ],
  specVersion: 7,
  idempotencyKey: 'key',
  correlationId: 'correlation ☃',
  causationId: `it's`,
}

export const losslessCases: readonly ContractCase[] = contractGroup('lossless', {
  'the storage keeps NUL in values': survives(['\u0000', 'a\u0000b', '\\u0000']),
  'the storage keeps lone surrogates': survives([
    '\ud800',
    '\udfff',
    'a\udc00b',
    '\ud83d\ude00',
    '\ude00\ud83d',
  ]),
  'the storage keeps other characters that text formats trip over': survives([
    '\u2028\u2029',
    '\ufeff',
    '\ufffd',
    '\uffff',
    '\u007f',
    '\r\n\t\b\f',
    '"\\/',
    '\\x41',
    "'; drop table events; --",
    '{a,b}',
    '\\N',
  ]),
  'the storage does not compose or decompose characters': survives(['é', 'e\u0301', 'ﬁ', '\u212b']),
  'the storage keeps numbers at the edges': survives(numbers),
  'the storage keeps strings that look like something else': survives([
    '1',
    'true',
    'null',
    '{}',
    '[1]',
    '1e5',
    '2026-01-01T00:00:00Z',
    ' ',
  ]),
  'the storage keeps odd keys, those of prototypes included': survives(withOddKeys()),
  'the storage keeps 250 levels of nesting': survives(nested(250)),
  'the storage keeps empty values': survives(['', [], {}, [[]], [{}], { a: [] }, null, false, 0]),
  'the storage keeps a value that looks like a reference to a blob': survives({
    $blob: { key: `field-overflow/sha256/${hashContent('x')}.json`, size: 1 },
    hash: hashContent('x'),
  }),
  'the storage keeps a string of 1 MiB': survives('0123456789abcde\n'.repeat(1 << 16)),
  'the storage keeps a large string of characters of every width': survives(
    'a\u0000é☃😀\ud800"\\'.repeat(1 << 15),
  ),
  'the storage keeps an object of many keys': survives(
    Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`key ${index}`, index])),
  ),

  'the storage keeps the order of items and effects': survives([3, 1, 2, [2, 1], [1, 2]]),

  'the storage keeps every part of an event': async ({ storage }) => {
    const unit = unitOf(session('s-1'), 0, { events: [full] })
    committed((await storage.commit([unit]))[0])
    sameJson(await storage.readEvents(unit.entity), unit.events, 'the events')
  },

  'the storage adds no part to an event that lacks it': async ({ storage }) => {
    await storage.commit([unitOf(session('s-1'), 0)])
    const [event] = await storage.readEvents(session('s-1'))
    for (const part of ['paramRefs', 'transient', 'idempotencyKey', 'correlationId', 'causationId'])
      assert.equal(event !== undefined && part in event, false, `${part} should not be there`)
  },

  'the storage leaves the prototype of what it reads alone': async ({ storage }) => {
    await storage.commit([unitOf(session('s-1'), 0, { events: [{ params: withOddKeys() }] })])
    const params = (await storage.readEvents(session('s-1')))[0]?.params ?? {}
    assert.equal(params['admin'], undefined)
    assert.equal(({} as JsonObject)['admin'], undefined)
    assert.ok(Object.hasOwn(params, '__proto__'))
  },

  'the storage keeps times and versions up to the largest safe integer': async ({ storage }) => {
    const at = Number.MAX_SAFE_INTEGER
    const unit = unitOf(session('s-1'), 0, { events: [{ at: 0 }, { at, specVersion: 2 ** 31 - 1 }] })
    await storage.commit([unit])
    sameJson(await storage.readEvents(unit.entity), unit.events, 'the events')
    assert.equal((await storage.readHeads([unit.entity]))[0]?.updatedAt, at)
  },

  'the storage keeps any JSON': async ({ storage }, { numRuns }) => {
    let run = 0
    const json = fc.jsonValue({ stringUnit: 'binary', maxDepth: 5 })
    await fc.assert(
      fc.asyncProperty(json, (value) => expectRoundTrip(storage, `s-${run++}`, value as JsonValue)),
      { numRuns },
    )
  },
})
