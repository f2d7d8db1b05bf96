// Seats: who gets what is sent to an address, and when it is whose.
import assert from 'node:assert/strict'
import type { RouterCase } from '../router-case.ts'
import { routerGroup } from '../router-case.ts'
import { answered, became, echoOf, heldBack, rejectsWith } from '../router-stage.ts'

/** Addresses that a careless name for a channel takes for each other, or cannot take. */
const lookalikes: readonly string[] = [
  'a',
  'A',
  'a.b',
  'a-b',
  'a_b',
  'a~b',
  'a..b',
  'ab',
  '.',
  '..',
  '.a',
  'a.',
  '-',
  '0',
  'constructor',
  '__proto__',
  `${'x'.repeat(254)}y`,
  `${'x'.repeat(254)}z`,
]

const noAddresses: readonly string[] = [
  '',
  'a b',
  'a/b',
  'a*',
  '>',
  'a:b',
  'ä',
  'a\n',
  'a\0',
  '$a',
  'x'.repeat(256),
]

export const seatCases: readonly RouterCase[] = routerGroup('seats', {
  'carries a request to who has joined under the address, and the answer back': async (stage) => {
    const [left, right] = await stage.pair()
    await stage.seat(right, 'b')
    answered(await stage.send(left, 'b', 'hello'), echoOf('b', 'hello'))
  },

  'carries to a seat of its own as well': async (stage) => {
    const router = await stage.open()
    await stage.seat(router, 'a')
    answered(await stage.send(router, 'a', 'hello'), echoOf('a', 'hello'))
  },

  'carries nothing to addresses that look alike': async (stage) => {
    const [left, right] = await stage.pair()
    const [first, ...others] = lookalikes
    await stage.seat(right, first ?? '')
    for (const other of others)
      became(await stage.send(left, other), 'undelivered', `what is sent to ${other}`)
    await Promise.all(others.map((other) => stage.seat(right, other)))
    const results = await Promise.all(lookalikes.map((address) => stage.send(left, address, address)))
    for (const [index, address] of lookalikes.entries()) {
      const result = results[index]
      assert.ok(result)
      answered(result, echoOf(address, address))
    }
  },

  'reaches a seat from anywhere once join has resolved': async (stage) => {
    const senders = [await stage.open(), await stage.open(), await stage.open()]
    const host = await stage.open()
    for (let round = 0; round < 5; round++) {
      await stage.seat(host, `b-${round}`)
      for (const sender of senders) answered(await stage.send(sender, `b-${round}`), echoOf(`b-${round}`, ''))
    }
  },

  'says that a request is undelivered where nobody is there, without waiting for its time': async (stage) => {
    const router = await stage.open()
    const sent = stage.send(router, 'nobody')
    became(await stage.within(sent, 'a request to nobody'), 'undelivered', 'it')
  },

  'tells what is no address by a typed error, of a seat as of a request': async (stage) => {
    const router = await stage.open()
    for (const address of noAddresses) {
      await rejectsWith(stage.seat(router, address), 'router_misconfigured', `joining ${address}`)
      await rejectsWith(stage.send(router, address), 'router_misconfigured', `sending to ${address}`)
    }
  },

  'refuses a second seat under an address, whoever asks': async (stage) => {
    const [left, right] = await stage.pair()
    await stage.seat(left, 'a', async () => 'first')
    for (const router of [left, right]) {
      const second = stage.seat(router, 'a', async () => 'second')
      await rejectsWith(stage.within(second, 'a second seat'), 'address_taken', 'a second seat')
    }
    for (const router of [left, right]) answered(await stage.send(router, 'a'), 'first')
  },

  'gives an address to one of many that want it at once': async (stage) => {
    const routers = await Promise.all(Array.from({ length: 5 }, () => stage.open()))
    for (const address of ['a', 'b', 'c']) {
      const seats = await stage.within(
        Promise.allSettled(
          routers.map((router, index) => stage.seat(router, address, async () => `from ${index}`)),
        ),
        'many joins at once',
      )
      const winners = [...seats.entries()].filter(([, seat]) => seat.status === 'fulfilled')
      assert.equal(winners.length, 1, `one should have ${address}, not ${winners.length}`)
      for (const seat of seats)
        if (seat.status === 'rejected')
          await rejectsWith(Promise.reject(seat.reason as Error), 'address_taken', 'who comes too late')
      const sender = routers.at(-1)
      if (sender) answered(await stage.send(sender, address), `from ${winners[0]?.[0]}`)
    }
  },

  'delivers nothing to a seat that was left, and gives its address to the next': async (stage) => {
    const [left, right] = await stage.pair()
    for (const router of [right, left, right]) {
      const seat = await stage.seat(router, 'b')
      answered(await stage.send(left, 'b'), echoOf('b', ''))
      await seat.leave()
      became(await stage.within(stage.send(left, 'b'), 'it'), 'undelivered', 'what nobody has a seat for')
    }
  },

  'answers what is under way at a seat before that is left, and delivers no more': async (stage) => {
    const [left, right] = await stage.pair()
    const { answer, release } = heldBack()
    const seat = await stage.seat(right, 'b', answer)
    const first = stage.send(left, 'b')
    await stage.untilHanded(1)
    let isLeft = false
    const leaving = seat.leave().then(() => (isLeft = true))
    const next = await stage.within(stage.send(left, 'b'), 'a request to a seat that is being left')
    became(next, 'undelivered', 'what comes while a seat is being left')
    await stage.roundTrip()
    assert.equal(isLeft, false, 'a seat is left once what is under way has been answered')
    release('late')
    answered(await stage.within(first, 'the request under way'), 'late')
    await stage.within(leaving, 'leaving')
  },

  'leaves a seat once, however often it is asked': async (stage) => {
    const [left, right] = await stage.pair()
    const seat = await stage.seat(left, 'a')
    await Promise.all([seat.leave(), seat.leave()])
    await stage.seat(right, 'a', async () => 'the next')
    await seat.leave()
    answered(await stage.send(left, 'a'), 'the next')
  },
})
