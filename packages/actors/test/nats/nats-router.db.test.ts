// The router over NATS: what is particular to it, beside the contract that every router keeps.
import { randomUUID } from 'node:crypto'
import { openNatsRouter } from '@perdure/actors/nats'
import type { NatsRouterOptions } from '@perdure/actors/nats'
import type { Router, RouterAnswer, RouterResult } from '@perdure/core'
import { connect } from '@nats-io/transport-node'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { findFreePort } from '../../../../test/setup/server.ts'
import { natsIsMissing, startNatsServer } from '../../../../test/setup/nats.ts'
import type { NatsServer } from '../../../../test/setup/nats.ts'

/** Small messages, and users who may do little. */
const config = `
  max_payload: 65536
  authorization {
    users: [
      { user: all, password: secret }
      { user: below, password: secret, permissions: { publish: "granted.>", subscribe: "granted.>" } }
      { user: mute, password: secret, permissions: { publish: "other.>", subscribe: "granted.>" } }
    ]
  }`

let server: NatsServer
const routers: Router[] = []

const echo: RouterAnswer = async ({ body }) => body
const wait = { timeoutMs: 60_000 }

/** An answer that waits until it is let go. */
function heldBack(): { readonly answer: RouterAnswer; readonly release: (body: string) => void } {
  let release = (_body: string): void => {}
  const released = new Promise<string>((resolve) => (release = resolve))
  return { answer: () => released, release: (body) => release(body) }
}

async function open(options: Partial<NatsRouterOptions> = {}, user = 'all'): Promise<Router> {
  const connection = { servers: server.url, user, pass: 'secret', reconnectTimeWait: 50 }
  const router = await openNatsRouter({ prefix: 'granted.test', connection, ...options })
  routers.push(router)
  return router
}

describe.skipIf(natsIsMissing !== undefined)(natsIsMissing ?? 'the router over NATS', () => {
  beforeAll(async () => {
    server = await startNatsServer(config)
  })
  afterAll(() => server.stop())
  afterEach(async () => {
    await Promise.all(routers.splice(0).map((router) => router.close()))
  })

  it('carries bodies far over what a message of the server holds', async () => {
    const [left, right] = [await open(), await open()]
    await right.join('b', echo)
    const bodies = [65_000, 65_536, 1_000_000].map((length) => 'é😀'.repeat(length / 2))
    const results = await Promise.all(bodies.map((body, id) => left.send('b', { id: `${id}`, body }, wait)))
    expect(results.map((result) => result.kind === 'answered' && bodies.includes(result.body))).toEqual(
      bodies.map(() => true),
    )
  })

  it('sends little that a host has not asked for, however much is for it, and everything arrives', async () => {
    const [left, right] = [await open(), await open()]
    const seen = new Set<string>()
    const { answer, release } = heldBack()
    await right.join('b', (request, context) => {
      seen.add(request.id)
      return answer(request, context)
    })
    const tap = await connect({ servers: server.url, user: 'all', pass: 'secret' })
    try {
      let unasked = 0
      tap.subscribe('granted.test.to.b', { callback: (_, { data }) => void (unasked += data.length) })
      await tap.flush()
      const body = 'x'.repeat(30_000)
      const sent = Array.from({ length: 500 }, (_, id) => left.send('b', { id: `${id}`, body }, wait))
      await vi.waitFor(() => expect(seen.size).toBe(500), 60_000)
      release('y'.repeat(30_000))
      const results = await Promise.all(sent)
      expect(results.filter(({ kind }) => kind !== 'answered')).toEqual([])
      await tap.flush()
      expect(unasked).toBeGreaterThan(1_000_000)
      expect(unasked).toBeLessThan(4_500_000)
    } finally {
      await tap.close()
    }
  })

  it('hands nothing to hosts of another prefix', async () => {
    const [left, right] = [await open(), await open({ prefix: 'granted.other' })]
    await right.join('b', echo)
    const request = { id: '1', body: '' }
    expect(await left.send('b', request, wait)).toMatchObject({ kind: 'undelivered' })
    await left.join('b', echo)
    expect(await left.send('b', request, wait)).toMatchObject({ kind: 'answered' })
  })

  it('needs no more of the server than what lies below its prefix', async () => {
    const [left, right] = [await open({}, 'below'), await open({}, 'below')]
    await right.join('b', echo)
    const body = 'x'.repeat(200_000)
    expect(await left.send('b', { id: '1', body }, wait)).toEqual({ kind: 'answered', body })
  })

  it('says what is missing when it may not use its subjects', async () => {
    const misconfigured = { code: 'router_misconfigured' }
    await expect(open({ prefix: 'elsewhere' }, 'below')).rejects.toMatchObject(misconfigured)
    await expect(open({}, 'mute')).rejects.toMatchObject(misconfigured)
    for (const prefix of ['', 'a.', '.a', 'a b', 'a.*', 'a.>'])
      await expect(open({ prefix })).rejects.toMatchObject(misconfigured)
  })

  it('says that it cannot reach a server, and where that should be', async () => {
    const servers = `127.0.0.1:${await findFreePort()}`
    const opening = open({ connection: { servers } })
    await expect(opening).rejects.toMatchObject({ code: 'router_unavailable' })
    await expect(opening).rejects.toThrow(servers)
  })

  it('leaves a connection that is somebody else’s as it was', async () => {
    const connection = await connect({ servers: server.url, user: 'all', pass: 'secret' })
    try {
      const [left, right] = [await open({ connection }), await open()]
      await right.join('b', echo)
      await left.join('a', echo)
      expect(await left.send('b', { id: '1', body: '' }, wait)).toMatchObject({ kind: 'answered' })
      await left.close()
      expect(connection.isClosed()).toBe(false)
      expect(await right.send('a', { id: '2', body: '' }, wait)).toMatchObject({ kind: 'undelivered' })
      const other = await open({ connection })
      await connection.close()
      expect(await other.send('b', { id: '3', body: '' }, wait)).toMatchObject({ kind: 'undelivered' })
      expect(other.trouble).toMatchObject({ code: 'router_unavailable' })
    } finally {
      await connection.close()
    }
  })

  it('reads nothing that is not of its kind', async () => {
    const [left, right] = [await open(), await open()]
    await right.join('b', echo)
    const stranger = await connect({ servers: server.url, user: 'all', pass: 'secret' })
    try {
      const inboxes: string[] = []
      const tap = stranger.subscribe('granted.test.at.*.*', {
        callback: (_, message) => void inboxes.push(message.subject),
      })
      await stranger.flush()
      const slow = left.send('b', { id: '1', body: 'fine' }, wait)
      const garbage = [
        '',
        '\n',
        'x',
        '{}\n',
        '{"v":1}\n',
        '{"v":2,"kind":"ask","id":"1","ms":1}\n',
        '{"v":1,"kind":"ask"}\n',
        '{"v":1,"kind":"offer","id":"1","ms":1,"size":-1}\n',
        '{"v":1,"kind":"part","at":"0"}\n',
        'null\n',
        '[]\n',
        '\xff'.repeat(100),
      ]
      for (const message of garbage)
        stranger.publish('granted.test.to.b', message, { reply: 'granted.nobody' })
      await stranger.flush()
      expect(await slow).toEqual({ kind: 'answered', body: 'fine' })
      for (const inbox of inboxes) for (const message of garbage) stranger.publish(inbox, message)
      await stranger.flush()
      tap.unsubscribe()
      const result = await left.send('b', { id: '2', body: 'x'.repeat(100_000) }, wait)
      expect(result.kind).toBe('answered')
    } finally {
      await stranger.close()
    }
  })

  it('ends what waits for a host whose process is gone, by its own time, and others need not wait', async () => {
    const [left, right] = [await open(), await open()]
    await right.join('b', echo)
    const corpse = await connect({ servers: server.url, user: 'all', pass: 'secret' })
    corpse.subscribe('granted.test.to.dead', { callback: () => {} })
    await corpse.flush()
    const lost = left.send('dead', { id: '1', body: '' }, { timeoutMs: 300 })
    expect(await left.send('b', { id: '2', body: '' }, wait)).toMatchObject({ kind: 'answered' })
    expect(await lost).toMatchObject({ kind: 'unanswered' })
    await corpse.close()
    let result: RouterResult
    // Until the server has noticed.
    do result = await left.send('dead', { id: randomUUID(), body: '' }, { timeoutMs: 100 })
    while (result.kind === 'unanswered')
    expect(result).toMatchObject({ kind: 'undelivered' })
  })
})
