// Time: how long a request may take, and what it means to give it up.
import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { VirtualClock } from '../../simulate/virtual-clock.ts'
import type { RouterCase } from '../router-case.ts'
import { routerGroup } from '../router-case.ts'
import { answered, became, heldBack, never } from '../router-stage.ts'

const timeoutMs = 60_000

export const timeCases: readonly RouterCase[] = [
  ...routerGroup(
    'time',
    {
      'leaves a request unanswered once its time is over, and not before': async (stage) => {
        const clock = new VirtualClock()
        const [sender, host] = [await stage.open({ clock }), await stage.open()]
        await stage.seat(host, 'b', never)
        let isOver = false
        const sent = stage.send(sender, 'b', '', { timeoutMs }).finally(() => (isOver = true))
        await stage.untilHanded(1)
        await clock.advance(timeoutMs - 1)
        await stage.roundTrip()
        assert.equal(isOver, false, 'it has a millisecond left')
        await clock.advance(1)
        became(await stage.within(sent, 'a request whose time is over'), 'unanswered', 'it')
      },

      'measures time, whatever the time of day': async (stage) => {
        const clock = new VirtualClock()
        const [sender, host] = [await stage.open({ clock }), await stage.open()]
        const { answer, release } = heldBack()
        await stage.seat(host, 'b', answer)
        const sent = stage.send(sender, 'b', '', { timeoutMs })
        await stage.untilHanded(1)
        clock.jump(10 * timeoutMs)
        await clock.advance(1)
        release('in time')
        answered(await stage.within(sent, 'a request that has time'), 'in time')
      },

      'tells who has a request when its time is over': async (stage) => {
        const clock = new VirtualClock()
        const [sender, host] = [await stage.open({ clock }), await stage.open()]
        await stage.seat(host, 'b', never)
        const sent = stage.send(sender, 'b', '', { timeoutMs })
        await stage.untilHanded(1)
        assert.equal(stage.handed[0]?.signal.aborted, false)
        await clock.advance(timeoutMs)
        await sent
        await stage.eventually(() => stage.handed[0]?.signal.aborted === true, 'the signal of the answer')
      },

      'leaves no timer behind, whatever became of its requests': async (stage) => {
        const clock = new VirtualClock()
        const sender = await stage.open({ clock })
        const before = clock.pending
        const host = await stage.open()
        await stage.seat(host, 'b', async ({ body }) =>
          body === 'bad' ? Promise.reject(new Error()) : 'fine',
        )
        await stage.seat(host, 'slow', never)
        answered(await stage.send(sender, 'b'), 'fine')
        await stage.send(sender, 'b', 'bad')
        await stage.send(sender, 'nobody')
        const given = new AbortController()
        const sent = stage.send(sender, 'slow', '', { signal: given.signal })
        await stage.untilHanded(3)
        given.abort(new Error('enough'))
        await sent.catch(() => {})
        assert.ok(clock.pending <= before, `${clock.pending} timers wait, ${before} did before the requests`)
        const last = stage.send(sender, 'slow')
        await stage.untilHanded(4)
        await sender.close()
        await last
        assert.equal(clock.pending, 0, 'timers that wait after close')
      },
    },
    'clock',
  ),

  ...routerGroup('time', {
    'leaves a request unanswered by the clock of the machine too': async (stage) => {
      const [left, right] = await stage.pair()
      await stage.seat(right, 'b', never)
      const sent = stage.send(left, 'b', '', { timeoutMs: 100 })
      became(await stage.within(sent, 'a request of 100 ms'), 'unanswered', 'it')
    },

    'gives a late answer to nobody': async (stage) => {
      const [left, right] = await stage.pair()
      const { answer, release } = heldBack()
      await stage.seat(right, 'b', (request, context) =>
        request.body === 'late' ? answer(request, context) : Promise.resolve(request.body),
      )
      became(await stage.send(left, 'b', 'late', { timeoutMs: 100 }), 'unanswered', 'it')
      const next = Array.from({ length: 10 }, (_, index) => stage.send(left, 'b', `${index}`))
      release('too late')
      for (const [index, sent] of next.entries()) answered(await sent, `${index}`)
    },

    'rejects with the reason of a signal that has fired, and delivers nothing': async (stage) => {
      const [left, right] = await stage.pair()
      await stage.seat(right, 'b')
      const reason = new Error('never mind')
      const sent = stage.send(left, 'b', '', { signal: AbortSignal.abort(reason) })
      assert.equal(await sent.catch((error: unknown) => error), reason)
      await stage.roundTrip()
      assert.equal(stage.handed.length, 0)
    },

    'rejects with the reason of a signal that fires, and tells who has the request': async (stage) => {
      const [left, right] = await stage.pair()
      await stage.seat(right, 'b', never)
      const given = new AbortController()
      const sent = stage.send(left, 'b', '', { signal: given.signal })
      await stage.untilHanded(1)
      const reason = { kind: 'not even an error' }
      given.abort(reason)
      const rejected = sent.catch((error: unknown) => error)
      assert.equal(await stage.within(rejected, 'a request that was given up'), reason)
      await stage.eventually(() => stage.handed[0]?.signal.aborted === true, 'the signal of the answer')
    },

    'gives up one request, and answers the others': async (stage) => {
      const [left, right] = await stage.pair()
      const { answer, release } = heldBack()
      await stage.seat(right, 'b', answer)
      const given = new AbortController()
      const sent = Array.from({ length: 10 }, (_, index) =>
        stage.send(left, 'b', `${index}`, index === 3 ? { signal: given.signal } : {}),
      )
      await stage.untilHanded(10)
      given.abort(new Error('enough'))
      await sent[3]?.catch(() => {})
      release('fine')
      for (const [index, one] of sent.entries())
        if (index !== 3) answered(await stage.within(one, 'it'), 'fine')
    },

    'listens to a signal as long as a request lives, and no longer': async (stage) => {
      const [left, right] = await stage.pair()
      await stage.seat(right, 'b')
      const { signal } = new AbortController()
      for (const address of ['b', 'nobody', 'b']) await stage.send(left, address, '', { signal })
      assert.equal(getEventListeners(signal, 'abort').length, 0)
    },
  }),
]
