// Crowds: many requests at once, from many senders; each gets the answer that was made for it.
import assert from 'node:assert/strict'
import type { RouterAnswer } from '@perdure/core'
import type { RouterCase } from '../router-case.ts'
import { routerGroup } from '../router-case.ts'
import { answered, became, echoOf, heldBack, never } from '../router-stage.ts'

/** Answers in turns of the event loop that differ from request to request. */
function shuffled(address: string): RouterAnswer {
  let turn = 0
  return async ({ body }) => {
    turn = (turn * 7 + 5) % 23
    for (let left = turn; left > 0; left--) await new Promise((resolve) => setImmediate(resolve))
    return echoOf(address, body)
  }
}

export const crowdCases: readonly RouterCase[] = [
  ...routerGroup('crowds', {
    'gives each of many senders the answers to its own requests': async (stage) => {
      const senders = await Promise.all(Array.from({ length: 4 }, () => stage.open()))
      const hosts = await Promise.all(Array.from({ length: 3 }, () => stage.open()))
      await Promise.all(hosts.map((host, index) => stage.seat(host, `h-${index}`, shuffled(`h-${index}`))))
      const requests = Array.from({ length: 300 }, async (_, index) => {
        const [sender, address] = [senders[index % 4], `h-${index % 3}`]
        assert.ok(sender)
        answered(await stage.send(sender, address, `request ${index}`), echoOf(address, `request ${index}`))
      })
      await stage.within(Promise.all(requests), '300 requests')
    },

    'hands over what one sends to an address in the order in which it was sent, large or small': async (
      stage,
    ) => {
      const [left, right] = await stage.pair()
      await stage.seat(right, 'b', async () => '')
      const bodies = Array.from({ length: 60 }, (_, index) =>
        `${index}`.padEnd([1, 300_000, 5_000, 40_000][index % 4] ?? 1),
      )
      await stage.within(Promise.all(bodies.map((body) => stage.send(left, 'b', body))), 'all of them')
      const first = new Map(stage.handed.toReversed().map(({ id, body }) => [id, body.trimEnd()]))
      assert.deepEqual(
        [...first.values()].toReversed(),
        bodies.map((body) => body.trimEnd()),
      )
    },

    'keeps large bodies apart that travel at once, and lets small ones by': async (stage) => {
      const [left, right] = await stage.pair()
      await stage.seat(right, 'b', async ({ body }) => body)
      const large = Array.from({ length: 6 }, (_, index) => `${index}☃`.repeat(400_000 + index))
      const small = Array.from({ length: 60 }, (_, index) => `small ${index}`)
      await stage.within(
        Promise.all(
          [...large, ...small].map(async (body) => answered(await stage.send(left, 'b', body), body)),
        ),
        'large bodies and small ones',
      )
    },

    'carries both ways at once': async (stage) => {
      const [left, right] = await stage.pair()
      await stage.seat(left, 'a', async ({ body }) => `a ${body}`)
      await stage.seat(right, 'b', async ({ body }) => {
        const asked = await stage.send(right, 'a', body)
        return asked.kind === 'answered' ? `b ${asked.body}` : 'lost'
      })
      const sent = Array.from({ length: 40 }, (_, index) => stage.send(left, 'b', `${index}`))
      for (const [index, one] of sent.entries()) answered(await stage.within(one, 'it'), `b a ${index}`)
    },
  }),

  ...routerGroup(
    'crowds',
    {
      'lets a bounded number of requests wait, delivers no more, and has room again after': async (stage) => {
        const [left, right] = await stage.pair({ maxWaiting: 5 })
        const { answer, release } = heldBack()
        await stage.seat(right, 'b', answer)
        const sent = Array.from({ length: 5 }, () => stage.send(left, 'b'))
        await stage.untilHanded(5)
        for (let count = 0; count < 3; count++)
          became(await stage.within(stage.send(left, 'b'), 'it'), 'undelivered', 'one more than may wait')
        release('fine')
        for (const one of sent) answered(await one, 'fine')
        answered(await stage.send(left, 'b'), 'fine')
      },

      'has room again after requests that were given up or ran out of time': async (stage) => {
        const [left, right] = await stage.pair({ maxWaiting: 2 })
        await stage.seat(right, 'b', async (request, context) =>
          request.body === 'answer' ? 'fine' : never(request, context),
        )
        for (let count = 0; count < 3; count++) {
          const given = new AbortController()
          const abandoned = stage.send(left, 'b', '', { signal: given.signal }).catch(() => {})
          const timed = stage.send(left, 'b', '', { timeoutMs: 50 })
          given.abort(new Error('enough'))
          await stage.within(Promise.all([abandoned, timed]), 'requests that end without an answer')
        }
        answered(await stage.send(left, 'b', 'answer'), 'fine')
      },
    },
    'limits',
  ),
]
