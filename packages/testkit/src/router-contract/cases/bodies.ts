// Bodies: whatever was sent arrives, either way, whole and as it was.
import assert from 'node:assert/strict'
import {
  decodeRoutedCommand,
  decodeRoutedReply,
  defaultLimits,
  encodeRoutedCommand,
  encodeRoutedReply,
  routeError,
  StorageError,
} from '@perdure/core'
import type { JsonObject, JsonValue } from '@perdure/core'
import * as fc from 'fast-check'
import type { RouterCase } from '../router-case.ts'
import { routerGroup } from '../router-case.ts'
import type { RouterStage } from '../router-stage.ts'
import { answered, became, echoOf, heldBack } from '../router-stage.ts'

/** Sends each there, and back as it came. */
async function expectRoundTrips(stage: RouterStage, bodies: Iterable<string>): Promise<void> {
  const [left, right] = await stage.pair()
  await stage.seat(right, 'b', async ({ body }) => body)
  for (const body of bodies) answered(await stage.send(left, 'b', body), body)
}

const oddTexts: readonly string[] = [
  '',
  ' ',
  '\n',
  '\r\n',
  'a\r\nPING\r\n',
  '\ufeffa byte order mark',
  '\u2028\u2029\u0085\u007f\ufffd\uffff',
  Array.from({ length: 31 }, (_, code) => String.fromCharCode(code + 1)).join(''),
  'é e\u0301 ﬁ \u212b',
  '😀\u{10ffff}',
  '\\u0000 \\x00 \\N {a,b} "\'; $$ %s ${x}',
  'null',
  '"',
  '{}',
  '[1,2]\n{"kind":"answer"}\n',
]

/** Of every width, so that a cut between bytes falls into a character whatever its place. */
const widths = 'aé☃😀'

/** Around what envelopes, notices and messages hold, UTF-8 bytes. */
const sizes: readonly number[] = [255, 4_096, 7_999, 8_000, 8_001, 65_535, 65_536, 1 << 20, (1 << 20) + 1]

function textOf(bytes: number): string {
  const body = widths.repeat(Math.floor(bytes / Buffer.byteLength(widths)))
  return body + 'x'.repeat(bytes - Buffer.byteLength(body))
}

function withOddKeys(): JsonObject {
  return JSON.parse(
    '{"__proto__":{"admin":true},"constructor":1,"then":3,"":5,"\\u0000":6,"\\ud800":7,"10":9}',
  ) as JsonObject
}

function nested(levels: number): JsonValue {
  let value: JsonValue = '\0\ud800'
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { in: value }
  return value
}

/** A command that holds the value, as text. */
function commandOf(value: JsonValue): string {
  return encodeRoutedCommand({
    entity: { tenant: 't', type: 'Session', id: 's-1' },
    command: {
      kind: 'action',
      action: 'Configure',
      params: { value },
      meta: { idempotencyKey: 'k', correlationId: '☃' },
    },
    durability: 'committed',
  })
}

const values: readonly JsonValue[] = [
  ['\0', 'a\0b', '\ud800', 'a\udc00b'],
  withOddKeys(),
  nested(250),
  [2 ** 53 - 1, 1e308, 5e-324, -0.1],
]

export const bodyCases: readonly RouterCase[] = [
  ...routerGroup('bodies', {
    'keeps characters that protocols trip over': (stage) => expectRoundTrips(stage, oddTexts),

    'keeps bodies of every size up to a MiB and beyond': (stage) =>
      expectRoundTrips(stage, sizes.map(textOf)),

    'carries the largest command there is, and as large an answer': async (stage) => {
      const body = commandOf('a "quoted" ☃ 😀'.repeat(500_000).slice(0, defaultLimits.maxEventBytes / 2))
      assert.ok(Buffer.byteLength(body) > 8 * 1024 * 1024)
      await expectRoundTrips(stage, [body, textOf(defaultLimits.maxEventBytes + 65_536)])
    },

    'keeps a body of exactly as many bytes as it carries': async (stage) => {
      const router = await stage.open()
      await expectRoundTrips(stage, [textOf(router.maxBodyBytes)])
    },

    'keeps any text, there and back': async (stage, { numRuns }) => {
      const [left, right] = await stage.pair()
      await stage.seat(right, 'b', async ({ body }) => body)
      const text = fc.string({ unit: 'binary', maxLength: 200 }).map((drawn) => drawn.replaceAll('\0', ''))
      const whole = text.filter((drawn) => drawn.isWellFormed())
      await fc.assert(
        fc.asyncProperty(fc.array(whole, { minLength: 1, maxLength: 20 }), async (bodies) => {
          const results = await Promise.all(bodies.map((body) => stage.send(left, 'b', body)))
          for (const [index, result] of results.entries()) answered(result, bodies[index] ?? '')
        }),
        { numRuns },
      )
    },

    'keeps every JSON value that a command holds: NUL, lone surrogates, odd keys, deep ones': async (
      stage,
    ) => {
      const [left, right] = await stage.pair()
      await stage.seat(right, 'b', async ({ body }) => JSON.stringify(decodeRoutedCommand(body)))
      for (const value of values) {
        const body = commandOf(value)
        answered(await stage.send(left, 'b', body), JSON.stringify(decodeRoutedCommand(body)))
      }
    },

    'keeps code, message, details and facts of an error': async (stage) => {
      const [left, right] = await stage.pair()
      const details = { entity: 'A/1', tries: 3, text: '\ud800☃' }
      const error = routeError(new StorageError('storage_unavailable', 'away', { details }))
      await stage.seat(right, 'b', async () => encodeRoutedReply({ kind: 'failed', error }))
      const result = await stage.send(left, 'b')
      assert.ok(result.kind === 'answered')
      assert.deepEqual(decodeRoutedReply(result.body), { kind: 'failed', error })
    },

    'hands over the id of a request as it was sent': async (stage) => {
      const [left, right] = await stage.pair()
      const seen: string[] = []
      await right.join('b', async ({ id }) => {
        seen.push(id)
        return id
      })
      const ids = ['1', 'a b', '"', '☃'.repeat(85), 'x'.repeat(255), '\r\n', '__proto__']
      for (const id of ids) answered(await left.send('b', { id, body: '' }, { timeoutMs: 60_000 }), id)
      assert.deepEqual(
        seen.filter((id, index) => seen.indexOf(id) === index),
        ids,
      )
    },
  }),

  ...routerGroup(
    'bodies',
    {
      'counts UTF-8 bytes, and delivers no body over its limit': async (stage) => {
        const [left, right] = await stage.pair({ maxBodyBytes: 1_000 })
        await stage.seat(right, 'b', async () => 'seen')
        answered(await stage.send(left, 'b', textOf(1_000)), 'seen')
        for (const body of [`${textOf(1_000)}x`, '☃'.repeat(334), 'x'.repeat(5_000_000)])
          became(await stage.send(left, 'b', body), 'undelivered', 'a body over the limit')
        assert.equal(stage.handedCount, 1)
      },

      'leaves a request unanswered whose answer is over its limit': async (stage) => {
        const [left, right] = await stage.pair({ maxBodyBytes: 1_000 })
        await stage.seat(right, 'b', async ({ body }) => (body === 'long' ? '☃'.repeat(334) : textOf(1_000)))
        became(await stage.within(stage.send(left, 'b', 'long'), 'it'), 'unanswered', 'a too long answer')
        answered(await stage.send(left, 'b'), textOf(1_000))
      },

      'says how much it carries': async (stage) => {
        const router = await stage.open({ maxBodyBytes: 1_000 })
        assert.equal(router.maxBodyBytes, 1_000)
        assert.ok((await stage.open()).maxBodyBytes > defaultLimits.maxEventBytes)
      },
    },
    'limits',
  ),

  ...routerGroup('answers', {
    'leaves a request unanswered whose answer fails, and answers the next': async (stage) => {
      const [left, right] = await stage.pair()
      await stage.seat(right, 'b', ({ body }) => {
        if (body === 'thrown') throw new Error('thrown')
        return body === 'rejected' ? Promise.reject(new Error('rejected')) : Promise.resolve('fine')
      })
      for (const body of ['thrown', 'rejected'])
        became(
          await stage.within(stage.send(left, 'b', body), body),
          'unanswered',
          `an answer that is ${body}`,
        )
      answered(await stage.send(left, 'b'), 'fine')
    },

    'waits for an answer that takes its time, and answers others meanwhile': async (stage) => {
      const [left, right] = await stage.pair()
      const { answer, release } = heldBack()
      await stage.seat(right, 'b', (request, context) =>
        request.body === 'slow' ? answer(request, context) : Promise.resolve(echoOf('b', request.body)),
      )
      const slow = stage.send(left, 'b', 'slow')
      await stage.untilHanded(1)
      for (let count = 0; count < 20; count++)
        answered(await stage.within(stage.send(left, 'b', `${count}`), 'it'), echoOf('b', `${count}`))
      release('at last')
      answered(await stage.within(slow, 'the slow one'), 'at last')
    },
  }),
]
