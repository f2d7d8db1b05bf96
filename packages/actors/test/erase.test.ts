import { erasedAction } from '@perdure/core'
import { describe, expect, it } from 'vitest'
import { long } from './helpers/task-spec.ts'
import { startHost } from './helpers/start-host.ts'

describe('erasing an entity', () => {
  it('answers with counts and the time of the host, and again with the same', async () => {
    const { task, clock } = await startHost()
    const entity = await task('t-1', { note: long('a') })
    await entity.ask('Start')
    const erasure = await entity.erase({ by: 'ops' })
    expect(erasure).toMatchObject({
      erasedAt: clock.now(),
      erasedBy: 'ops',
      events: 2,
      references: 1,
      blobs: 1,
    })
    await clock.advance(1_000)
    expect(await entity.erase()).toEqual(erasure)
  })

  it('answers EntityErased to whatever is asked from then on, on the same reference and on others', async () => {
    const { host, task, another } = await startHost()
    const entity = await task('t-1')
    await entity.erase()
    const fresh = await another()
    for (const each of [entity, host.entity('Task', 't-1'), fresh.host.entity('Task', 't-1')]) {
      await expect(each.ask('Start')).rejects.toMatchObject({ code: 'entity_erased' })
      await expect(each.state()).rejects.toMatchObject({ code: 'entity_erased' })
      await expect(each.readField('note')).rejects.toMatchObject({ code: 'entity_erased' })
    }
    for (const each of [host, fresh.host])
      for (const ifAbsent of [true, false])
        await expect(each.spawn('Task', { id: 't-1', ifAbsent })).rejects.toMatchObject({
          code: 'entity_erased',
        })
  })

  it('stops the actor, and rejects what was accepted and not decided', async () => {
    const { task, storage } = await startHost()
    const entity = await task('t-1')
    const { actor } = entity
    const held = storage.hold('commit')
    const inFlight = entity.tryAsk('Start')
    await held.arrived
    const behind = entity.tryAsk('Start')
    const erasing = entity.erase()
    await erasing
    held.release()
    expect(await inFlight).toMatchObject({ ok: false, error: { code: 'entity_erased' } })
    expect(await behind).toMatchObject({ ok: false, error: { code: 'entity_erased' } })
    expect(actor.getSnapshot().status).toBe('stopped')
  })

  it('makes another host that had it conflict and learn', async () => {
    const { task, another } = await startHost()
    const entity = await task('t-1', { note: long('a') })
    const other = await another()
    const theirs = other.host.entity('Task', 't-1')
    await theirs.state()
    await entity.erase()
    await expect(theirs.ask('Start')).rejects.toMatchObject({ code: 'entity_erased' })
    expect((await other.memory.stats()).blobs).toBe(0)
  })

  it('leaves its neighbours at work', async () => {
    const { task } = await startHost()
    const [erased, kept] = [await task('t-1'), await task('t-2')]
    await Promise.all([erased.erase(), kept.ask('Start')])
    expect((await kept.state()).status).toBe('Busy')
  })

  it('shows in the history nothing but itself, and in the log as the last event', async () => {
    const { host, task } = await startHost()
    const entity = await task('t-1')
    await entity.ask('Start')
    await entity.erase()
    const actions = []
    for await (const { action, sequence } of entity.history()) actions.push([sequence, action])
    expect(actions).toEqual([[3, erasedAction]])
    for await (const { position, event } of host.subscribe()) {
      expect([position, event.action]).toEqual([3n, erasedAction])
      break
    }
  })

  it('of nobody is EntityNotFound, and where storage does not answer Unavailable', async () => {
    const { host, task, storage } = await startHost()
    await expect(host.entity('Task', 'nobody').erase()).rejects.toMatchObject({ code: 'entity_not_found' })
    const entity = await task('t-1')
    storage.fail('erase', 'storage_failed')
    await expect(entity.erase()).rejects.toMatchObject({ code: 'unavailable' })
    expect((await entity.state()).status).toBe('Open')
  })

  it('is repeated when the answer was lost, and happens once', async () => {
    const { task, storage, clock, memory } = await startHost()
    const entity = await task('t-1')
    storage.loseReply('erase')
    const erasing = entity.erase()
    await clock.advance(10_000)
    expect(await erasing).toMatchObject({ events: 1 })
    expect((await memory.stats()).lastPosition).toBe(2n)
  })
})
