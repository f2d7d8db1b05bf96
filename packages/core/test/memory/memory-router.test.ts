import { afterEach, expect, it } from 'vitest'
import { RouterError } from '@perdure/core'
import type { Router, RouterAnswer } from '@perdure/core'
import { MemoryNetwork } from '@perdure/core/memory'
import type { MemoryNetworkOptions } from '@perdure/core/memory'

const routers: Router[] = []
afterEach(async () => {
  await Promise.all(routers.splice(0).map((router) => router.close()))
})

function open(options?: MemoryNetworkOptions): [Router, Router] {
  const network = new MemoryNetwork(options)
  const pair: [Router, Router] = [network.open(), network.open()]
  routers.push(...pair)
  return pair
}

const echo: RouterAnswer = async ({ body }) => `${body}!`
const never: RouterAnswer = () => new Promise(() => {})

it('a request is answered by who has joined under the address', async () => {
  const [left, right] = open()
  await right.join('b', echo)
  expect(await left.send('b', { id: '1', body: 'hello' }, { timeoutMs: 1_000 })).toEqual({
    kind: 'answered',
    body: 'hello!',
  })
})

it('what nobody can have seen is undelivered: no seat, a body over the limit, too many that wait', async () => {
  const [left, right] = open({ maxBodyBytes: 4, maxWaiting: 1 })
  await right.join('b', never)
  const send = (body: string) => left.send('b', { id: body, body }, { timeoutMs: 1_000 })
  expect(await send('12345')).toMatchObject({ kind: 'undelivered' })
  const waits = send('1')
  expect(await send('2')).toMatchObject({ kind: 'undelivered' })
  await left.close()
  expect(await waits).toMatchObject({ kind: 'unanswered' })
  expect(await right.send('nobody', { id: '3', body: '' }, { timeoutMs: 1_000 })).toMatchObject({
    kind: 'undelivered',
  })
})

it('a request without an answer in time is unanswered, and who has it is told that nobody waits', async () => {
  const [left, right] = open()
  let isOver: AbortSignal | undefined
  await right.join('b', (_, { signal }) => {
    isOver = signal
    return new Promise(() => {})
  })
  const result = await left.send('b', { id: '1', body: '' }, { timeoutMs: 5 })
  expect(result).toMatchObject({ kind: 'unanswered' })
  expect(isOver?.aborted).toBe(true)
})

it('a sender that gives up hears its own reason', async () => {
  const [left, right] = open()
  await right.join('b', never)
  const reason = new Error('enough')
  const given = new AbortController()
  const sent = left.send('b', { id: '1', body: '' }, { timeoutMs: 1_000, signal: given.signal })
  given.abort(reason)
  await expect(sent).rejects.toBe(reason)
})

it('an answerer that fails, or answers more than fits, leaves the request unanswered', async () => {
  const [left, right] = open({ maxBodyBytes: 4 })
  await right.join('b', async ({ body }) => {
    if (body === 'bad') throw new Error('oh')
    return 'too long'
  })
  const send = (body: string) => left.send('b', { id: body, body }, { timeoutMs: 1_000 })
  expect(await send('bad')).toMatchObject({ kind: 'unanswered' })
  expect(await send('ok')).toMatchObject({ kind: 'unanswered' })
})

it('an address has one seat, and is free again once that is left', async () => {
  const [left, right] = open()
  const seat = await left.join('a', echo)
  await expect(right.join('a', echo)).rejects.toThrow(RouterError)
  await seat.leave()
  await right.join('a', echo)
  await expect(right.join('a b', echo)).rejects.toMatchObject({ code: 'router_misconfigured' })
})

it('a seat is left once what is under way has been answered; a closed router leaves it unanswered', async () => {
  const [left, right] = open()
  let answer = (_body: string): void => {}
  const slow: RouterAnswer = () => new Promise((resolve) => (answer = resolve))
  const seat = await right.join('b', slow)
  const send = (id: string) => left.send('b', { id, body: '' }, { timeoutMs: 1_000 })
  const first = send('1')
  await Promise.resolve()
  const isLeft = seat.leave()
  expect(await send('2')).toMatchObject({ kind: 'undelivered' })
  answer('late')
  await isLeft
  expect(await first).toEqual({ kind: 'answered', body: 'late' })
  await right.join('b', slow)
  const last = send('3')
  await right.close()
  expect(await last).toMatchObject({ kind: 'unanswered' })
})

it('after close nothing goes', async () => {
  const [left] = open()
  await left.close()
  await expect(left.join('a', echo)).rejects.toMatchObject({ code: 'router_closed' })
  await expect(left.send('a', { id: '1', body: '' }, { timeoutMs: 1 })).rejects.toMatchObject({
    code: 'router_closed',
  })
})
