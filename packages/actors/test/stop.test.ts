import { openMemoryStorage } from '@perdure/core/memory'
import { describe, expect, it } from 'vitest'
import { createHost } from '../src/index.ts'
import { startHost, watch } from './helpers/start-host.ts'
import { taskSpec } from './helpers/task-spec.ts'
import { turn } from './helpers/virtual-clock.ts'

describe('stop', () => {
  it('stores the commands that were accepted before it is done', async () => {
    const { host, task, storage, memory, clock } = await startHost()
    const ref = await task('t-1')
    const held = storage.hold('commit')
    const asked = [ref.ask('Start'), ref.ask('Add', { amount: 1 })]
    const stopped = host.stop()
    const seen = watch(stopped)
    await held.arrived
    await turn()
    expect(seen.isSettled).toBe(false)
    held.release()
    expect((await Promise.all(asked)).map(({ event }) => event.sequence)).toEqual([2, 3])
    await stopped
    expect((await memory.stats()).events).toBe(3)
    expect(host.residents).toBe(0)
    expect(clock.timers).toBe(0)
  })

  it('takes no more commands, and no more reads, from the moment it is called', async () => {
    const { host, task, storage } = await startHost()
    const ref = await task('t-1')
    const held = storage.hold('commit')
    const accepted = ref.ask('Start')
    const stopped = host.stop()
    await expect(ref.ask('Start')).rejects.toMatchObject({ code: 'host_stopped' })
    await expect(ref.state()).rejects.toMatchObject({ code: 'host_stopped' })
    await expect(host.spawn('Task')).rejects.toMatchObject({ code: 'host_stopped' })
    expect(() => ref.actor).toThrow(expect.objectContaining({ code: 'host_stopped' }))
    held.release()
    await accepted
    await stopped
    await expect(ref.ask('Start')).rejects.toMatchObject({ code: 'host_stopped' })
    expect(host.residents).toBe(0)
  })

  it('rejects what cannot be stored before the deadline, in flight and behind', async () => {
    const { host, task, storage, clock } = await startHost()
    const ref = await task('t-1')
    const held = storage.hold('commit')
    const inFlight = ref.tryAsk('Start')
    await held.arrived
    const behind = [
      ref.tryAsk('Add', { amount: 1 }),
      host.spawn('Task').catch((error: unknown) => ({ ok: false, error })),
    ]
    const stopped = host.stop({ deadlineMs: 500 })
    await clock.advance(499)
    expect(watch(inFlight).isSettled).toBe(false)
    await clock.advance(1)
    await stopped
    for (const outcome of await Promise.all([inFlight, ...behind])) {
      expect(outcome).toMatchObject({ ok: false, error: { code: 'host_stopped' } })
    }
    held.release()
  })

  it('rejects commands and readers of an entity that never loaded', async () => {
    const { host, task, storage, clock } = await startHost()
    const ref = await task('t-1')
    host.passivate('Task', 't-1')
    const held = storage.hold('load')
    const asked = ref.tryAsk('Start')
    const read = ref.state().catch((error: unknown) => error)
    await held.arrived
    const stopped = host.stop({ deadlineMs: 500 })
    await clock.advance(500)
    await stopped
    expect(await asked).toMatchObject({ ok: false, error: { code: 'host_stopped' } })
    held.release()
    expect(await read).toMatchObject({ code: 'host_stopped' })
  })

  it('writes nothing more once it is done, though a retry was due', async () => {
    const { host, task, storage, clock, memory } = await startHost()
    const ref = await task('t-1')
    storage.fail('commit', 'storage_unavailable')
    const asked = ref.tryAsk('Start')
    const stopped = host.stop({ deadlineMs: 1 })
    await clock.advance(1)
    await stopped
    expect(await asked).toMatchObject({ ok: false, error: { code: 'host_stopped' } })
    await clock.advance(60_000)
    expect((await memory.stats()).events).toBe(1)
  })

  it('rejects askers that were still waiting to be admitted', async () => {
    const { host, task, storage } = await startHost({ maxCommandsInFlight: 1 })
    const ref = await task('t-1')
    const held = storage.hold('commit')
    const accepted = ref.ask('Start')
    const waiting = ref.tryAsk('Add', { amount: 1 })
    const stopped = host.stop()
    held.release()
    await accepted
    expect(await waiting).toMatchObject({ ok: false, error: { code: 'host_stopped' } })
    await stopped
  })

  it('is idempotent, and closes the storage unless that is not its own', async () => {
    const own = openMemoryStorage()
    const host = await createHost({ specs: [taskSpec], storage: own })
    const first = host.stop()
    expect(host.stop()).toBe(first)
    await first
    await expect(own.stats()).rejects.toMatchObject({ code: 'storage_closed' })

    const shared = openMemoryStorage()
    await (await createHost({ specs: [taskSpec], storage: shared, keepStorageOpen: true })).stop()
    expect((await shared.stats()).events).toBe(0)
  })

  it('happens at the end of an await using', async () => {
    const storage = openMemoryStorage()
    {
      // oxlint-disable-next-line typescript/await-thenable -- the linter does not know Symbol.asyncDispose
      await using host = await createHost({ specs: [taskSpec], storage })
      await host.spawn('Task')
    }
    await expect(storage.stats()).rejects.toMatchObject({ code: 'storage_closed' })
  })

  it('tells what failed while stopping', async () => {
    const { host, storage } = await startHost({ keepStorageOpen: false })
    storage.fail('close', 'storage_failed')
    const error = await host.stop().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AggregateError)
    expect(error).toMatchObject({ errors: [{ code: 'storage_failed' }] })
  })
})

describe('a signal', () => {
  it('that has given up already sends nothing', async () => {
    const { task, memory } = await startHost()
    const ref = await task('t-1')
    const reason = new Error('too late')
    await expect(ref.ask('Start', {}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect((await memory.stats()).events).toBe(1)
  })

  it('ends the wait, not the command', async () => {
    const { host, task, storage, memory } = await startHost()
    const ref = await task('t-1')
    const held = storage.hold('commit')
    const giveUp = new AbortController()
    const asked = ref.ask('Start', {}, { signal: giveUp.signal })
    await held.arrived
    giveUp.abort(new Error('enough'))
    await expect(asked).rejects.toThrow('enough')
    held.release()
    await host.flush()
    expect((await memory.stats()).events).toBe(2)
  })

  it('ends the wait for admission, and the command with it', async () => {
    const { host, task, storage, memory } = await startHost({ maxCommandsInFlight: 1 })
    const ref = await task('t-1')
    const held = storage.hold('commit')
    const first = ref.ask('Start')
    const giveUp = new AbortController()
    const waiting = ref.ask('Add', { amount: 1 }, { signal: giveUp.signal })
    giveUp.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    held.release()
    await first
    await ref.ask('Add', { amount: 1 })
    await host.flush()
    expect((await memory.stats()).events).toBe(3)
  })

  it('is forgotten by commands that are done', async () => {
    const { task } = await startHost()
    const ref = await task('t-1')
    const { signal } = new AbortController()
    let listeners = 0
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (...given: Parameters<typeof add>) => (listeners++, add(...given))
    signal.removeEventListener = (...given: Parameters<typeof remove>) => (listeners--, remove(...given))
    for (let count = 0; count < 5; count++) await ref.ask('Add', { amount: 1 }, { signal })
    expect(listeners).toBe(0)
  })

  it('of something told gives up in silence', async () => {
    const { task, log } = await startHost()
    const ref = await task('t-1')
    ref.tell('Start', {}, { signal: AbortSignal.abort(new Error('too late')) })
    await turn()
    expect(log).toEqual([])
    expect((await ref.state()).version).toBe(1)
  })
})
