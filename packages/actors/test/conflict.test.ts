// Two hosts on one storage: who loses an entity's race looks again and decides again, and nobody else notices.
import { describe, expect, it } from 'vitest'
import { startHost } from './helpers/start-host.ts'
import { turn } from './helpers/virtual-clock.ts'

describe('a conflict with another host', () => {
  it('makes the commands decide again on the fresh state, in their order', async () => {
    const one = await startHost()
    const other = await one.another()
    const ref = await one.task('t-1')
    await other.host.entity('Task', 't-1').ask('Tag', { tag: 'theirs' })
    const outcomes = await Promise.all(['a', 'b'].map((tag) => ref.ask('Tag', { tag })))
    expect(outcomes.map(({ event }) => event.sequence)).toEqual([3, 4])
    expect(outcomes.at(-1)?.state.lists['tags']).toEqual(['theirs', 'a', 'b'])
  })

  it('leaves the neighbours in the batch alone: they commit at once', async () => {
    const one = await startHost()
    const other = await one.another()
    const [lost, kept] = [await one.task('a'), await one.task('b')]
    await other.host.entity('Task', 'a').ask('Start')
    const reload = one.storage.hold('load')
    const slow = lost.ask('Add', { amount: 1 })
    expect((await kept.ask('Start')).event.sequence).toBe(2)
    reload.release()
    expect((await slow).event.sequence).toBe(3)
  })

  it('rejects commands that have become illegal, as such', async () => {
    const one = await startHost()
    const other = await one.another()
    const ref = await one.task('t-1')
    await other.host.entity('Task', 't-1').ask('Start')
    const [start, add] = await Promise.all([ref.tryAsk('Start'), ref.tryAsk('Add', { amount: 1 })])
    expect(start).toMatchObject({ ok: false, error: { code: 'wrong_status' } })
    expect(add).toMatchObject({ ok: true, event: { sequence: 3 } })
  })

  it('decides a refusal again that was decided on what did not come to be', async () => {
    const one = await startHost()
    const other = await one.another()
    const ref = await one.task('t-1')
    await other.host.entity('Task', 't-1').ask('Tag', { tag: 'theirs' })
    // Full after the first; but the first is lost, and refused on the fresh state, which leaves room for the second.
    const asked = [
      ref.tryAsk('Add', { amount: 9 }, { expectedSequence: 1 }),
      ref.tryAsk('Add', { amount: 2 }),
    ]
    const [first, second] = await Promise.all(asked)
    expect(first).toMatchObject({
      ok: false,
      error: { code: 'conflict', details: { expected: 1, actual: 2 } },
    })
    expect(second).toMatchObject({ ok: true, state: { counters: { count: 2 } } })
  })

  it('answers Conflict after three attempts, each on a state read afresh', async () => {
    const one = await startHost()
    const other = await one.another()
    const ref = await one.task('t-1')
    const theirs = other.host.entity('Task', 't-1')
    await theirs.state()
    for (let count = 0; count < 3; count++) {
      one.storage.intervene('commit', async (carryOut) => {
        await theirs.ask('Add', { amount: 1 })
        return carryOut()
      })
    }
    await expect(ref.ask('Tag', { tag: 'mine' })).rejects.toMatchObject({
      code: 'conflict',
      details: { actual: 4 },
    })
    expect(one.storage.calls.get('load')).toBe(2)
    expect((await ref.ask('Tag', { tag: 'mine' })).event.sequence).toBe(5)
  })

  it('counts attempts for what was being written only', async () => {
    const one = await startHost({ maxBatchEvents: 1 })
    const other = await one.another()
    const ref = await one.task('t-1')
    const theirs = other.host.entity('Task', 't-1')
    await theirs.state()
    for (let count = 0; count < 3; count++) {
      one.storage.intervene('commit', async (carryOut) => {
        await theirs.ask('Add', { amount: 1 })
        return carryOut()
      })
    }
    const outcomes = await Promise.all(['a', 'b'].map((tag) => ref.tryAsk('Tag', { tag })))
    expect(outcomes.map(({ ok }) => ok)).toEqual([false, true])
  })

  it('holds commands that come meanwhile behind those that decide again', async () => {
    const one = await startHost()
    const other = await one.another()
    const ref = await one.task('t-1')
    await other.host.entity('Task', 't-1').ask('Tag', { tag: 'theirs' })
    const reload = one.storage.hold('load')
    const first = ref.ask('Tag', { tag: 'a' })
    await reload.arrived
    const second = ref.ask('Tag', { tag: 'b' })
    await turn()
    reload.release()
    await first
    expect((await second).state.lists['tags']).toEqual(['theirs', 'a', 'b'])
  })

  it('takes back a command that was looking something up, and decides it again', async () => {
    const one = await startHost()
    const other = await one.another()
    const ref = await one.task('t-1')
    await other.host.entity('Task', 't-1').ask('Tag', { tag: 'theirs' })
    const looking = one.storage.hold('findByIdempotencyKey')
    const committing = one.storage.hold('commit')
    const first = ref.ask('Tag', { tag: 'a' })
    await committing.arrived
    const keyed = ref.ask('Tag', { tag: 'b' }, { idempotencyKey: 'k' })
    await looking.arrived
    committing.release()
    await first
    looking.release()
    expect((await keyed).event.sequence).toBe(4)
    expect((await ref.state()).lists['tags']).toEqual(['theirs', 'a', 'b'])
  })
})

describe('an expected sequence', () => {
  it('lets the command through at that version only', async () => {
    const { task } = await startHost()
    const ref = await task('t-1')
    expect((await ref.ask('Start', {}, { expectedSequence: 1 })).event.sequence).toBe(2)
    await expect(ref.ask('Add', { amount: 1 }, { expectedSequence: 1 })).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  it('is compared with what is decided already, not with what has committed', async () => {
    const { task } = await startHost()
    const ref = await task('t-1')
    const asked = [1, 1, 2].map((expectedSequence) => ref.tryAsk('Add', { amount: 1 }, { expectedSequence }))
    expect((await Promise.all(asked)).map(({ ok }) => ok)).toEqual([true, false, true])
  })
})

describe('an entity taken for new', () => {
  it('that exists is found out at the commit; what was asked behind the spawn is decided on the real state', async () => {
    const one = await startHost()
    await (await one.task('t-1')).ask('Start')
    const two = await one.another()
    const spawned = two.host.spawn('Task', { id: 't-1' })
    const asked = two.host.entity('Task', 't-1').tryAsk('Start')
    const closed = two.host.entity('Task', 't-1').ask('Add', { amount: 1 })
    await expect(spawned).rejects.toMatchObject({ code: 'entity_exists' })
    expect(await asked).toMatchObject({ ok: false, error: { code: 'wrong_status' } })
    expect((await closed).event).toMatchObject({ sequence: 3, from: 'Busy' })
  })

  it('shows its real state to who reads it meanwhile', async () => {
    const one = await startHost()
    await (await one.task('t-1')).ask('Start')
    const two = await one.another()
    const held = two.storage.hold('commit')
    const spawned = two.host.spawn('Task', { id: 't-1', ifAbsent: true })
    await held.arrived
    const read = two.host.entity('Task', 't-1').state()
    held.release()
    await spawned
    expect((await read).version).toBe(2)
  })

  it('is refused with EntityExists when it exists, however wrong its fields are', async () => {
    const one = await startHost()
    await one.task('t-1')
    const two = await one.another()
    await expect(two.task('t-1', { count: 99 })).rejects.toMatchObject({ code: 'entity_exists' })
    expect((await two.host.spawn('Task', { id: 't-1', ifAbsent: true, fields: { count: 99 } })).id).toBe(
      't-1',
    )
  })

  it('whose spawn an invariant refused can be asked when it exists after all', async () => {
    const one = await startHost()
    await one.task('t-1')
    const two = await one.another()
    const [spawned, asked] = await Promise.allSettled([
      two.task('t-1', { count: 99 }),
      two.host.entity('Task', 't-1').ask('Start'),
    ])
    expect(spawned).toMatchObject({ status: 'rejected', reason: { code: 'entity_exists' } })
    expect(asked).toMatchObject({ status: 'fulfilled', value: { event: { sequence: 2 } } })
  })

  it('whose spawn an invariant refused can be spawned again, rightly', async () => {
    const { task, memory } = await startHost()
    const [wrong, right] = await Promise.allSettled([task('t-1', { count: 99 }), task('t-1', { count: 9 })])
    expect(wrong).toMatchObject({ status: 'rejected', reason: { code: 'invariant_violated' } })
    expect(right.status).toBe('fulfilled')
    expect((await memory.stats()).events).toBe(1)
  })

  it('and asked for before another host creates it, is found when it has', async () => {
    const one = await startHost()
    const two = await one.another()
    const ref = two.host.entity('Task', 't-1')
    await expect(ref.state()).rejects.toMatchObject({ code: 'entity_not_found' })
    await expect(ref.ask('Start')).rejects.toMatchObject({ code: 'entity_not_found' })
    await one.task('t-1')
    expect((await ref.state()).version).toBe(1)
    expect((await ref.ask('Start')).event.sequence).toBe(2)
  })
})
