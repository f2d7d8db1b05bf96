// Reading the log through a host: it ends with the host, and does not keep it.
import { describe, expect, it } from 'vitest'
import { startHost } from './helpers/start-host.ts'

describe('reading the log through a host', () => {
  it('follows what its entities did, and ends when it stops', async () => {
    const { host, task, clock } = await startHost()
    const ref = await task('t-1')
    const seen: string[] = []
    const reading = (async () => {
      for await (const { position, event } of host.subscribe({ types: ['Task'] }))
        seen.push(`${position} ${event.id} ${event.action}`)
    })()
    await ref.ask('Start')
    await clock.advance(0)
    expect(seen).toEqual(['1 t-1 Created', '2 t-1 Start'])
    await host.stop()
    await reading
    expect(clock.timers).toBe(0)
  })

  it('lets a consumer ask what it likes of entities, and stops it with the host', async () => {
    const { host, task, memory, clock } = await startHost()
    const ref = await task('t-1')
    host.consume({
      name: 'starter',
      types: ['Task'],
      handler: async (entries) => {
        for (const { event } of entries)
          if (event.action === 'Created') await host.entity('Task', event.id).ask('Start')
      },
    })
    await clock.advance(0)
    expect((await ref.state()).status).toBe('Busy')
    await host.stop()
    expect(await memory.listConsumers()).toMatchObject([{ name: 'starter', position: 2n, attempts: 0 }])
    expect((await memory.listConsumers())[0]).not.toHaveProperty('heldUntil')
    expect(clock.timers).toBe(0)
  })

  it('does not wait for ever for a handler that does not heed its signal', async () => {
    const { host, task, clock } = await startHost()
    await task('t-1')
    host.consume({ name: 'stuck', handler: () => new Promise(() => {}) })
    await clock.advance(0)
    const stopped = host.stop({ deadlineMs: 500 })
    await clock.advance(500)
    await stopped
  })

  it('works in one of several hosts', async () => {
    const first = await startHost()
    const second = await first.another()
    const seen: string[] = []
    for (const [name, { host }] of Object.entries({ first, second }))
      host.consume({ name: 'one', handler: (entries) => void seen.push(`${name} ${entries.length}`) })
    await first.task('t-1')
    await first.clock.advance(30_000)
    expect(seen).toEqual(['first 1'])
    await first.host.stop()
    await first.clock.advance(30_000)
    await second.task('t-2')
    await first.clock.advance(0)
    expect(seen).toEqual(['first 1', 'second 1'])
  })

  it('shows in the health how far its consumers are, in positions and in time', async () => {
    const { host, task, clock } = await startHost()
    let release = (): void => {}
    host.consume({
      name: 'slow',
      batch: 2,
      handler: () => new Promise<void>((resolve) => (release = resolve)),
    })
    await clock.advance(0)
    expect(host.health().consumers).toEqual([
      {
        name: 'slow',
        work: 'here',
        position: '0',
        lag: 0,
        lagMs: 0,
        attempts: 0,
        handled: 0,
        failed: 0,
      },
    ])
    for (const id of ['a', 'b', 'c']) await task(id)
    await clock.advance(0)
    // The first batch was read when there was one event; a long handler looks for news while it renews its lease.
    await clock.advance(6_000)
    expect(host.health().consumers).toMatchObject([{ lag: 3, lagMs: 6_000, handled: 0 }])
    release()
    await clock.advance(0)
    expect(host.health().consumers).toMatchObject([{ position: '1', lag: 2, lagMs: 6_000, handled: 1 }])
    release()
    await clock.advance(0)
    expect(host.health().consumers).toMatchObject([{ position: '3', lag: 0, lagMs: 0, handled: 3 }])
    expect(host.health()).toMatchObject({ state: 'running', degraded: [] })
    expect(JSON.parse(JSON.stringify(host.health()))).toEqual(host.health())
  })

  it('is degraded while a consumer fails, and when it is blocked, in every host that has it', async () => {
    const first = await startHost()
    const second = await first.another()
    const fails = { name: 'broken', retry: { maxAttempts: 2, baseMs: 1_000, capMs: 1_000 } }
    const handler = (): void => {
      throw new Error('no such column')
    }
    await first.task('t-1')
    first.host.consume({ ...fails, handler })
    await first.clock.advance(0)
    expect(first.host.health()).toMatchObject({
      state: 'degraded',
      degraded: [{ operation: 'consume', about: 'broken', code: 'consumer_failed' }],
      consumers: [{ work: 'waiting', attempts: 1, failed: 1, lag: 1 }],
    })
    await first.clock.advance(1_000)
    second.host.consume({ ...fails, handler })
    await first.clock.advance(0)
    for (const { host } of [first, second]) {
      expect(host.health().degraded).toMatchObject([{ code: 'consumer_blocked', about: 'broken' }])
      expect(host.health().consumers).toMatchObject([{ work: 'blocked', attempts: 2, lag: 1 }])
    }
    expect(first.host.health().degraded[0]?.message).toContain('position 1: Error: no such column')
    await first.memory.resetConsumer('broken', { to: 1n, now: first.clock.now() })
    await first.clock.advance(30_000)
    expect(first.host.health()).toMatchObject({ state: 'running', degraded: [] })
  })

  it('says where the work is in another host', async () => {
    const first = await startHost()
    const second = await first.another()
    for (const { host } of [first, second]) host.consume({ name: 'one', handler: () => {} })
    await first.task('t-1')
    await first.clock.advance(0)
    expect([first, second].map(({ host }) => host.health().consumers[0]?.work)).toEqual(['here', 'elsewhere'])
    await second.host.stop()
    expect(second.host.health().consumers).toMatchObject([{ work: 'stopped' }])
  })

  it('refuses a type that no spec has, and everything once the host has stopped', async () => {
    const { host } = await startHost()
    expect(() => host.subscribe({ types: ['Taks'] })).toThrow(
      expect.objectContaining({ code: 'unknown_entity_type' }),
    )
    expect(() => host.consume({ name: 'x', types: ['Taks'], handler: () => {} })).toThrow(
      expect.objectContaining({ code: 'unknown_entity_type' }),
    )
    await host.stop()
    expect(() => host.subscribe()).toThrow(expect.objectContaining({ code: 'host_stopped' }))
    expect(() => host.consume({ name: 'x', handler: () => {} })).toThrow(
      expect.objectContaining({ code: 'host_stopped' }),
    )
  })
})
