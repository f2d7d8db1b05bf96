import { describe, expect, it } from 'vitest'
import { startHost } from './helpers/start-host.ts'
import { long } from './helpers/task-spec.ts'

const key = { idempotencyKey: 'k' }

describe('asking again under an idempotency key', () => {
  it('while the first is pending has the same outcome, and one event', async () => {
    const { task, storage, memory } = await startHost()
    const ref = await task('t-1')
    const held = storage.hold('commit')
    const first = ref.ask('Add', { amount: 1 }, key)
    await held.arrived
    const again = ref.ask('Add', { amount: 1 }, key)
    const behind = ref.ask('Add', { amount: 1 })
    held.release()
    expect(await again).toEqual(await first)
    expect((await behind).event.sequence).toBe(3)
    expect((await memory.stats()).events).toBe(3)
  })

  it('with nothing behind it is answered all the same', async () => {
    const { task, storage } = await startHost()
    const ref = await task('t-1')
    const held = storage.hold('commit')
    const first = ref.ask('Add', { amount: 1 }, key)
    await held.arrived
    const again = ref.ask('Add', { amount: 1 }, key)
    held.release()
    expect(await again).toEqual(await first)
  })

  it('many times at once has the same outcome, and one event', async () => {
    const { task, memory } = await startHost()
    const ref = await task('t-1')
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => ref.ask('Add', { amount: 1 }, key)))
    expect(new Set(outcomes.map(({ event }) => event.eventId)).size).toBe(1)
    expect((await memory.stats()).events).toBe(2)
  })

  it('has the first outcome, event and state, though much has happened since', async () => {
    const { task } = await startHost()
    const ref = await task('t-1')
    const first = await ref.ask('Write', { note: long('a') }, key)
    for (let count = 0; count < 9; count++) await ref.ask('Write', { note: long(`${count}`) })
    const again = await ref.ask('Write', { note: long('a') }, key)
    expect(again.event).toEqual(first.event)
    expect({ ...again.state }).toEqual({ ...first.state })
  })

  it('has the first outcome after a restart, and though the action is not possible any more', async () => {
    const one = await startHost()
    const first = await (await one.task('t-1')).ask('Start', {}, key)
    await one.host.stop()
    const two = await one.another()
    const again = await two.host.entity('Task', 't-1').ask('Start', {}, key)
    expect(again.event).toEqual(first.event)
    expect({ ...again.state }).toEqual({ ...first.state })
  })

  it('has the first outcome in a host that does not know of it yet', async () => {
    const one = await startHost()
    const two = await one.another()
    const ref = await one.task('t-1')
    await two.host.entity('Task', 't-1').state()
    const first = await ref.ask('Add', { amount: 1 }, key)
    expect((await two.host.entity('Task', 't-1').ask('Add', { amount: 1 }, key)).event).toEqual(first.event)
  })

  it('has the first outcome, as of then, a hundred events later: from another host, from behind a snapshot, after passivation', async () => {
    const one = await startHost()
    const ref = await one.task('t-1')
    const first = await ref.ask('Add', { amount: 1 }, key)
    for (let count = 0; count < 100; count++) await ref.ask('Add', { amount: 0 })
    const two = await one.another()
    const elsewhere = two.host.entity('Task', 't-1')
    one.host.passivate('Task', 't-1')
    for (const again of [
      await elsewhere.ask('Add', { amount: 1 }, key),
      await ref.ask('Add', { amount: 1 }, key),
    ]) {
      expect(again.event).toEqual(first.event)
      expect({ ...again.state }).toEqual({ ...first.state })
    }
    // The repeats changed nothing, and what is asked about now is told as of now.
    expect((await one.memory.stats()).events).toBe(102)
    expect((await one.memory.stats()).snapshots).toBe(1)
    for (const each of [elsewhere, ref]) expect((await each.state()).version).toBe(102)
  })

  it('of a creation gives the entity that was created', async () => {
    const one = await startHost()
    const spawn = { id: 't-1', fields: { count: 2 }, idempotencyKey: 'k' }
    await one.host.spawn('Task', spawn)
    await one.host.spawn('Task', spawn)
    const two = await one.another()
    expect((await two.host.spawn('Task', spawn)).id).toBe('t-1')
    await expect(two.host.spawn('Task', { ...spawn, idempotencyKey: 'l' })).rejects.toMatchObject({
      code: 'entity_exists',
    })
    expect((await one.memory.stats()).events).toBe(1)
  })

  it('of a deletion and of a field update has the first outcome too', async () => {
    const { task } = await startHost()
    const ref = await task('t-1')
    const updated = await ref.updateFields({ count: 1 }, { idempotencyKey: 'u' })
    expect((await ref.updateFields({ count: 1 }, { idempotencyKey: 'u' })).event).toEqual(updated.event)
    const deleted = await ref.delete({ idempotencyKey: 'd' })
    expect((await ref.delete({ idempotencyKey: 'd' })).event).toEqual(deleted.event)
  })

  it('of a command that was refused decides anew', async () => {
    const { task } = await startHost()
    const ref = await task('t-1')
    await expect(ref.ask('Close', {}, key)).rejects.toMatchObject({ code: 'wrong_status' })
    await ref.ask('Start')
    await ref.ask('Add', { amount: 1 })
    expect((await ref.ask('Close', {}, key)).event.sequence).toBe(4)
  })

  it.each([
    ['another action', (ref: Task) => ref.ask('Tag', { tag: 'x' }, key)],
    ['other params', (ref: Task) => ref.ask('Write', { note: 'other', paper: long('p') }, key)],
    [
      'another large param that the log holds by reference',
      (ref: Task) => ref.ask('Write', { note: 'n', paper: long('q') }, key),
    ],
    ['one of its params left out', (ref: Task) => ref.ask('Write', { note: 'n' }, key)],
    ['a deletion', (ref: Task) => ref.delete(key)],
  ])('for %s is refused, pending or stored', async (_what, ask) => {
    const { task, memory } = await startHost()
    const ref = await task('t-1')
    const [first, second] = await Promise.allSettled([
      ref.ask('Write', { note: 'n', paper: long('p') }, key),
      ask(ref),
    ])
    expect(first.status).toBe('fulfilled')
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'idempotency_key_reused' } })
    await expect(ask(ref)).rejects.toMatchObject({
      code: 'idempotency_key_reused',
      details: { sequence: 2, action: 'Write' },
    })
    expect((await memory.stats()).events).toBe(2)
  })

  it('for the same large param that the log holds by reference has the first outcome', async () => {
    const { task, memory } = await startHost()
    const ref = await task('t-1')
    const first = await ref.ask('Write', { paper: long('p') }, key)
    expect(first.event.paramRefs).toHaveProperty('paper')
    expect((await ref.ask('Write', { paper: long('p') }, key)).event).toEqual(first.event)
    expect((await memory.stats()).events).toBe(2)
  })

  it('of another entity is another key', async () => {
    const { task } = await startHost()
    const refs = [await task('a'), await task('b')]
    const outcomes = await Promise.all(refs.map((ref) => ref.ask('Start', {}, key)))
    expect(outcomes.map(({ event }) => event.id)).toEqual(['a', 'b'])
  })
})

type Task = Awaited<ReturnType<Awaited<ReturnType<typeof startHost>>['task']>>
