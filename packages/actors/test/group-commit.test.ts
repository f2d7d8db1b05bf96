// The persistence cycle while all goes well: what is acknowledged is stored, what shows from outside is committed, and
// many commands share one write.
import { describe, expect, it } from 'vitest'
import { startHost, watch } from './helpers/start-host.ts'
import { long } from './helpers/task-spec.ts'
import { turn } from './helpers/virtual-clock.ts'

describe('a command', () => {
  it('is acknowledged only after its event has committed', async () => {
    const { task, storage, memory } = await startHost()
    const ref = await task('t-1')
    const held = storage.hold('commit')
    const asked = ref.ask('Start')
    const seen = watch(asked)
    await held.arrived
    await turn()
    expect(seen.isSettled).toBe(false)
    expect((await memory.stats()).events).toBe(1)
    held.release()
    expect((await asked).event.sequence).toBe(2)
    expect((await memory.stats()).events).toBe(2)
  })

  it('shows from outside when it has committed, and before only to who asks for processed state', async () => {
    const { task, storage } = await startHost()
    const ref = await task('t-1')
    const subscribed: number[] = []
    ref.subscribe(({ version }) => subscribed.push(version))
    const held = storage.hold('commit')
    const asked = ref.ask('Write', { note: long('a') })
    await held.arrived
    expect((await ref.state()).version).toBe(1)
    expect(await ref.readField('note')).toBe('')
    expect(ref.actor.getSnapshot().context?.version).toBe(1)
    expect(subscribed).toEqual([])
    const processed = await ref.state({ consistency: 'processed', hydrate: true })
    expect(processed).toMatchObject({ version: 2, fields: { note: long('a') } })
    held.release()
    await asked
    expect((await ref.state()).version).toBe(2)
    expect(subscribed).toEqual([2])
    expect(ref.actor.getSnapshot().context?.version).toBe(2)
  })

  it('does not wait for the one before it: the next is decided on the newest state', async () => {
    const { task, storage, memory } = await startHost()
    const ref = await task('t-1')
    const held = storage.hold('commit')
    const first = ref.ask('Add', { amount: 1 })
    await held.arrived
    const behind = [ref.ask('Start'), ref.ask('Close')]
    held.release()
    await first
    const outcomes = await Promise.all(behind)
    expect(outcomes.map(({ event }) => event.sequence)).toEqual([3, 4])
    expect((await memory.stats()).events).toBe(4)
    expect(storage.calls.get('commit')).toBe(3)
  })
})

describe('a refusal', () => {
  it('decided on uncommitted state waits for it to commit', async () => {
    const { task, storage } = await startHost()
    const ref = await task('t-1')
    const held = storage.hold('commit')
    const started = ref.ask('Start')
    await held.arrived
    const refused = ref.tryAsk('Start')
    const seen = watch(refused)
    await turn()
    expect(seen.isSettled).toBe(false)
    held.release()
    await started
    expect(await refused).toMatchObject({ ok: false, error: { code: 'wrong_status' } })
  })

  it('that came while its ground was being written is answered with nothing else to write', async () => {
    const { host, task, storage } = await startHost()
    const ref = await task('t-1')
    const held = storage.hold('commit')
    const started = ref.ask('Start')
    await held.arrived
    const trailing = [ref.tryAsk('Start'), ref.tryAsk('Nothing')]
    held.release()
    await started
    await turn()
    expect((await Promise.all(trailing)).map(({ ok }) => ok)).toEqual([false, false])
    expect(host.passivate('Task', 't-1')).toBe(true)
    expect(storage.calls.get('commit')).toBe(2)
  })

  it('decided on committed state is answered without a write', async () => {
    const { task, storage } = await startHost()
    const ref = await task('t-1')
    await expect(ref.ask('Close')).rejects.toMatchObject({ code: 'wrong_status' })
    expect(storage.calls.get('commit')).toBe(1)
  })
})

describe('group commit', () => {
  it('writes a burst of one tick in one commit, entities that are being created included', async () => {
    const { host, storage } = await startHost()
    const spawned = await Promise.all(
      Array.from({ length: 100 }, (_, index) => host.spawn('Task', { id: `t-${index}` })),
    )
    expect(storage.calls.get('commit')).toBe(1)
    await Promise.all(spawned.flatMap((ref) => [ref.ask('Start'), ref.ask('Add', { amount: 1 })]))
    expect(storage.calls.get('commit')).toBe(2)
  })

  it('never has more than one write in flight; what comes meanwhile goes together', async () => {
    const { task, storage } = await startHost()
    const refs = await Promise.all(['a', 'b', 'c'].map((id) => task(id)))
    const held = storage.hold('commit')
    const first = refs[0]?.ask('Start')
    await held.arrived
    const others = refs.flatMap((ref) => [ref.ask('Add', { amount: 1 }), ref.ask('Add', { amount: 1 })])
    await turn()
    expect(storage.calls.get('commit')).toBe(2)
    held.release()
    await Promise.all([first, ...others])
    expect(storage.calls.get('commit')).toBe(3)
    expect(storage.maxCommitsAtOnce).toBe(1)
  })

  it('sends no more events in one commit than it may, and forgets none', async () => {
    const { task, storage, memory } = await startHost({ maxBatchEvents: 7 })
    const refs = await Promise.all(['a', 'b', 'c'].map((id) => task(id)))
    const units: number[] = []
    for (let count = 0; count < 20; count++) {
      storage.intervene('commit', async (carryOut) => {
        const before = (await memory.stats()).events
        const results = await carryOut()
        units.push((await memory.stats()).events - before)
        return results
      })
    }
    await Promise.all(refs.flatMap((ref) => Array.from({ length: 10 }, () => ref.ask('Add', { amount: 0 }))))
    expect(units.reduce((sum, events) => sum + events, 0)).toBe(30)
    expect(Math.max(...units)).toBe(7)
    expect((await memory.stats()).events).toBe(33)
  })

  it('stores the commands of one entity in the order in which they were asked', async () => {
    const { host, task } = await startHost({ maxBatchEvents: 3 })
    const ref = await task('t-1')
    await Promise.all(Array.from({ length: 20 }, (_, tag) => ref.ask('Tag', { tag: `${tag}` })))
    expect((await host.entity('Task', 't-1').state()).lists['tags']).toEqual(
      Array.from({ length: 20 }, (_, tag) => `${tag}`),
    )
    const tags: unknown[] = []
    for await (const { params } of ref.history()) tags.push(params['tag'])
    expect(tags).toEqual([undefined, ...Array.from({ length: 20 }, (_, tag) => `${tag}`)])
  })

  it('gives dense positions in the order of the commits', async () => {
    const { host, task, memory, storage } = await startHost()
    const refs = await Promise.all(['a', 'b'].map((id) => task(id)))
    const held = storage.hold('commit')
    const first = refs[0]?.ask('Start')
    await held.arrived
    const second = refs[1]?.ask('Start')
    held.release()
    await Promise.all([first, second])
    await host.flush()
    expect((await memory.stats()).lastPosition).toBe(4n)
  })

  it('writes only the newest of the values that a batch gave a field', async () => {
    const { task, memory } = await startHost()
    const ref = await task('t-1')
    await Promise.all(['a', 'b', 'c'].map((seed) => ref.ask('Write', { note: long(seed) })))
    expect(await memory.stats()).toMatchObject({ blobs: 1, refs: 1, events: 4 })
    expect(await ref.readField('note')).toBe(long('c'))
  })

  it('keeps one blob for equal values of many entities', async () => {
    const { task, memory } = await startHost()
    const refs = await Promise.all(['a', 'b', 'c'].map((id) => task(id)))
    await Promise.all(refs.map((ref) => ref.ask('Write', { note: long('same'), paper: long('same') })))
    expect(await memory.stats()).toMatchObject({ blobs: 1, refs: 6 })
  })
})

describe('no wake-up is lost', () => {
  it('when a subscriber asks in its callback', async () => {
    const { task } = await startHost()
    const ref = await task('t-1')
    const asked: Promise<unknown>[] = []
    ref.subscribe(({ version }) => {
      if (version < 6) asked.push(ref.ask('Add', { amount: 1 }))
    })
    await ref.ask('Start')
    while (asked.length < 4) await turn()
    await Promise.all(asked)
    expect((await ref.state()).version).toBe(6)
  })

  it('when an observer of the actor asks another entity', async () => {
    const { task } = await startHost()
    const [one, other] = [await task('a'), await task('b')]
    const asked: Promise<unknown>[] = []
    one.actor.subscribe(({ context }) => {
      if (context?.version === 2) asked.push(other.ask('Start'))
    })
    await one.ask('Start')
    await Promise.all(asked)
    expect((await other.state()).version).toBe(2)
  })

  it('when a command comes in each microtask around the end of a write', async () => {
    const { task } = await startHost()
    const ref = await task('t-1')
    for (let delay = 0; delay < 30; delay++) {
      const first = ref.ask('Add', { amount: 0 })
      for (let tick = 0; tick < delay; tick++) await Promise.resolve()
      await Promise.all([first, ref.ask('Add', { amount: 0 })])
    }
    expect((await ref.state()).version).toBe(61)
  })

  it('when a deleted entity is asked by an observer of its last snapshot', async () => {
    const { task } = await startHost()
    const ref = await task('t-1')
    const late: Promise<unknown>[] = []
    ref.actor.subscribe(({ status }) => {
      if (status === 'done') late.push(ref.tryAsk('Start'))
    })
    await ref.delete()
    expect(await Promise.all(late)).toMatchObject([{ ok: false, error: { code: 'entity_deleted' } }])
  })
})

describe('flush', () => {
  it('waits until everything that was accepted is settled', async () => {
    const { host, task, storage } = await startHost()
    const ref = await task('t-1')
    const held = storage.hold('commit')
    ref.tell('Start')
    const flushed = host.flush()
    const seen = watch(flushed)
    await held.arrived
    await turn()
    expect(seen.isSettled).toBe(false)
    held.release()
    await flushed
    expect((await ref.state()).status).toBe('Busy')
  })
})
