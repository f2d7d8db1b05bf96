// The life of a router: what becomes of requests when it is closed, and what it leaves behind.
import assert from 'node:assert/strict'
import type { RouterCase } from '../router-case.ts'
import { routerGroup } from '../router-case.ts'
import { answered, became, echoOf, never, rejectsWith } from '../router-stage.ts'

/** Sockets and pipes that keep the process alive. */
function connections(): number {
  return process.getActiveResourcesInfo().filter((name) => /^(TCP|TLS|Pipe)\w*Wrap$/.test(name)).length
}

export const lifeCases: readonly RouterCase[] = routerGroup('life', {
  'ends every wait as unanswered when it is closed': async (stage) => {
    const [left, right] = await stage.pair()
    await stage.seat(right, 'b', never)
    const sent = Array.from({ length: 10 }, () => stage.send(left, 'b'))
    await stage.untilHanded(10)
    await stage.within(left.close(), 'closing')
    for (const one of sent)
      became(await stage.within(one, 'it'), 'unanswered', 'what waits when it is closed')
  },

  'tells who has a request when its sender is closed': async (stage) => {
    const [left, right] = await stage.pair()
    await stage.seat(right, 'b', never)
    const sent = stage.send(left, 'b')
    await stage.untilHanded(1)
    await left.close()
    await sent
    await stage.eventually(() => stage.handed[0]?.signal.aborted === true, 'the signal of the answer')
  },

  'is closed without waiting for what is under way at its seats': async (stage) => {
    const [left, right] = await stage.pair()
    await stage.seat(right, 'b', never)
    const sent = stage.send(left, 'b', '', { timeoutMs: 2_000 })
    await stage.untilHanded(1)
    await stage.within(right.close(), 'closing')
    became(await stage.within(sent, 'its request'), 'unanswered', 'what was under way at a closed router')
    assert.equal(stage.handed[0]?.signal.aborted, true, 'who has it is told')
  },

  'gives up its seats when it is closed': async (stage) => {
    const [left, right] = await stage.pair()
    await stage.seat(right, 'b')
    await stage.seat(right, 'c')
    await right.close()
    for (const address of ['b', 'c']) {
      became(await stage.within(stage.send(left, address), 'it'), 'undelivered', 'what is sent there')
      await stage.seat(left, address)
      answered(await stage.send(left, address), echoOf(address, ''))
    }
  },

  'takes nothing once it is closed': async (stage) => {
    const [left, right] = await stage.pair()
    await stage.seat(right, 'b')
    await left.close()
    await rejectsWith(stage.send(left, 'b'), 'router_closed', 'sending')
    await rejectsWith(stage.seat(left, 'a'), 'router_closed', 'joining')
    became(await stage.send(right, 'a'), 'undelivered', 'what is sent to a seat that was not taken')
  },

  'is closed once, however often it is asked': async (stage) => {
    const [left, right] = await stage.pair()
    const seat = await stage.seat(left, 'a')
    await stage.within(Promise.all([left.close(), left.close()]), 'closing twice')
    await stage.within(left.close(), 'closing again')
    await stage.within(seat.leave(), 'leaving a seat of a closed router')
    await stage.seat(right, 'a')
    answered(await stage.send(right, 'a'), echoOf('a', ''))
  },

  'has no trouble while it carries': async (stage) => {
    const [left, right] = await stage.pair()
    await stage.seat(right, 'b')
    await stage.send(left, 'b')
    assert.equal(left.trouble, undefined)
    assert.equal(right.trouble, undefined)
  },

  'leaves no connection behind': async (stage) => {
    await stage.roundTrip()
    const before = connections()
    const [left, right] = await stage.pair()
    await stage.seat(right, 'b', never)
    await stage.send(left, 'b', 'x'.repeat(200_000), { timeoutMs: 50 })
    await Promise.all([left.close(), right.close()])
    await stage.eventually(() => connections() <= before, 'connections closed')
  },
})
