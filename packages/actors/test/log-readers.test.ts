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
