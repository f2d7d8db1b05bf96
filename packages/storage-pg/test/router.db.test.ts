// The router on PostgreSQL: what is particular to it, beside the contract that every router keeps.
import type { Router, RouterAnswer } from '@perdure/core'
import { openRouter, openStorage } from '@perdure/storage-pg'
import type { RouterOptions } from '@perdure/storage-pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'

let database: TestDatabase
const routers: Router[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  await (await openStorage(database.url)).close()
})

afterEach(async () => {
  await Promise.all(routers.splice(0).map((router) => router.close()))
  expect(await rows()).toBe(0)
})

afterAll(() => database.drop())

async function open(options?: RouterOptions): Promise<Router> {
  const router = await openRouter(database.url, options)
  routers.push(router)
  return router
}

async function rows(): Promise<number> {
  const [found] = await database.query<{ rows: string }>(
    `select (select count(*) from perdure.router_seats) + (select count(*) from perdure.router_requests) as rows`,
  )
  return Number(found?.rows)
}

const echo: RouterAnswer = async ({ body }) => body
const wait = { timeoutMs: 30_000 }

describe('the router on PostgreSQL', () => {
  it('carries bodies far over what a notice holds, as they are', async () => {
    const [left, right] = [await open(), await open()]
    await right.join('b', echo)
    const bodies = ['', 'é 😀 \\ \' " {} \t\n\u0001', 'x'.repeat(8_001), '😀'.repeat(300_000)]
    for (const [index, body] of bodies.entries())
      expect(await left.send('b', { id: `r${index}`, body }, wait)).toEqual({ kind: 'answered', body })
  })

  it('carries a thousand requests at once between two that ask each other, each to its own answer', async () => {
    const [left, right] = [await open(), await open()]
    await left.join('a', async ({ body }) => `a${body}`)
    await right.join('b', async ({ body }) => `b${body}`)
    const asked = Array.from({ length: 1_000 }, async (_, index) => {
      const [from, to] = index % 2 === 0 ? [left, 'b'] : [right, 'a']
      const result = await from.send(to, { id: `n${index}`, body: String(index) }, wait)
      expect(result).toEqual({ kind: 'answered', body: `${to}${index}` })
    })
    await Promise.all(asked)
  })

  it('finds a request whose notice was lost', async () => {
    const [left, right] = [await open(), await open({ pollIntervalMs: 20 })]
    await right.join('b', echo)
    await database.query(`update perdure.router_seats set channel = 'elsewhere'`)
    expect(await left.send('b', { id: '1', body: 'still' }, wait)).toMatchObject({ kind: 'answered' })
    await database.query(`delete from perdure.router_seats`)
  })

  it('finds an answer whose notice was lost', async () => {
    const [left, right] = [await open({ pollIntervalMs: 20 }), await open()]
    await right.join('b', async ({ body }) => {
      await database.query(`update perdure.router_requests set sender = 'elsewhere'`)
      return body
    })
    expect(await left.send('b', { id: '1', body: 'still' }, wait)).toMatchObject({ kind: 'answered' })
  })

  it('listens again after its connection was cut, and says what troubles it meanwhile', async () => {
    const never = { pollIntervalMs: 2_000_000 }
    const [left, right] = [await open(never), await open(never)]
    await right.join('b', echo)
    await database.query(`select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%'`)
    await expect.poll(() => right.trouble?.code, { timeout: 20_000, interval: 1 }).toBe('router_unavailable')
    await expect
      .poll(() => [left.trouble, right.trouble], { timeout: 20_000 })
      .toEqual([undefined, undefined])
    expect(await left.send('b', { id: '1', body: 'again' }, wait)).toMatchObject({ kind: 'answered' })
  })

  it('calls a request back that nobody has claimed, and says for certain that nobody has seen it', async () => {
    const left = await open()
    await database.query(`insert into perdure.router_seats values ('dead', 'nobody listens', now())`)
    expect(await left.send('dead', { id: '1', body: '' }, { timeoutMs: 50 })).toMatchObject({
      kind: 'undelivered',
    })
    const given = new AbortController()
    const sent = left.send('dead', { id: '2', body: '' }, { ...wait, signal: given.signal })
    await expect.poll(rows).toBe(2)
    given.abort(new Error('enough'))
    await expect(sent).rejects.toThrow('enough')
    await expect.poll(rows).toBe(1)
    await database.query(`delete from perdure.router_seats`)
  })

  it('gives unclaimed requests back to their senders when a seat is left', async () => {
    const left = await open()
    const right = await open({ pollIntervalMs: 2_000_000 })
    const seat = await right.join('b', echo)
    // As if it had been stored just now, and the notice not arrived yet.
    await database.query(`update perdure.router_seats set channel = 'elsewhere'`)
    const sent = left.send('b', { id: '1', body: '' }, wait)
    await expect.poll(rows).toBe(2)
    await seat.leave()
    expect(await sent).toMatchObject({ kind: 'undelivered' })
    await database.query(`delete from perdure.router_seats`)
  })

  it('has one seat under an address, on whatever server process', async () => {
    const [left, right] = [await open(), await open()]
    const seat = await left.join('a', echo)
    await expect(right.join('a', echo)).rejects.toMatchObject({ code: 'address_taken' })
    await seat.leave()
    await right.join('a', echo)
  })

  it('takes its seats again after they were lost with the server', async () => {
    const [left, right] = [await open(), await open()]
    await right.join('b', echo)
    await database.query(`delete from perdure.router_seats`)
    await database.query(`select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%'`)
    await expect.poll(rows, { timeout: 20_000 }).toBe(1)
    expect(await left.send('b', { id: '1', body: 'x' }, wait)).toMatchObject({ kind: 'answered' })
  })
})

describe('opening a router', () => {
  it('is refused loudly on a database of one process', async () => {
    await expect(openRouter('pglite://memory')).rejects.toMatchObject({ code: 'router_misconfigured' })
  })

  it('is refused where there is no storage yet', async () => {
    await expect(openRouter(database.url, { schema: 'nothing' })).rejects.toMatchObject({
      code: 'router_misconfigured',
    })
  })
})
