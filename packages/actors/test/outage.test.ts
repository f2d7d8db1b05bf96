// A storage that fails, answers late, or does not come back: the same unit is repeated, nothing is stored twice, and when
// the budget is spent everybody hears of it at once.
import { StorageError } from '@perdure/core'
import type { StorageErrorCode } from '@perdure/core'
import type { MemoryStorage } from '@perdure/core/memory'
import { describe, expect, it } from 'vitest'
import { startHost } from './helpers/start-host.ts'
import { long } from './helpers/task-spec.ts'
import { turn } from './helpers/virtual-clock.ts'

const brief = { retry: { baseMs: 20, capMs: 100, budgetMs: 1_000 } }

describe('a retryable error', () => {
  it.each(['storage_unavailable', 'storage_contention', 'outcome_unknown'] as const)(
    '(%s) is got over by repeating the same unit',
    async (code) => {
      const { task, storage, clock, memory } = await startHost(brief)
      const ref = await task('t-1')
      storage.fail('commit', code, 3)
      const asked = ref.ask('Start')
      await clock.advance(200)
      expect((await asked).event.sequence).toBe(2)
      expect(storage.calls.get('commit')).toBe(5)
      expect((await memory.stats()).events).toBe(2)
    },
  )

  it('backs off longer each time, with jitter, up to the cap', async () => {
    const { task, storage, clock } = await startHost(brief)
    const ref = await task('t-1')
    const times: number[] = []
    for (let count = 0; count < 6; count++) {
      storage.intervene('commit', () => {
        times.push(clock.now())
        return Promise.reject(new StorageError('storage_unavailable', 'gone'))
      })
    }
    const asked = ref.ask('Start')
    await clock.advance(1_000)
    await asked
    expect(times.slice(1).map((time, index) => time - (times[index] ?? 0))).toEqual([10, 20, 40, 50, 50])
  })

  it('in loading is got over too', async () => {
    const { host, task, storage, clock } = await startHost(brief)
    await task('t-1')
    host.passivate('Task', 't-1')
    storage.fail('load', 'storage_unavailable', 2)
    const asked = host.entity('Task', 't-1').ask('Start')
    await clock.advance(200)
    expect((await asked).event.sequence).toBe(2)
  })

  it('in looking up an idempotency key, or content, is got over too', async () => {
    const { task, storage, clock } = await startHost(brief)
    const ref = await task('t-1', { note: long('a') })
    storage.fail('findByIdempotencyKey', 'storage_unavailable')
    storage.fail('readBlob', 'storage_unavailable')
    const asked = ref.ask('Approve', {}, { idempotencyKey: 'k' })
    await clock.advance(200)
    expect((await asked).event.sequence).toBe(2)
  })
})

describe('a lost reply', () => {
  it('to a commit is answered by looking: nothing is stored twice', async () => {
    const { task, storage, clock, memory } = await startHost(brief)
    const [one, other] = [await task('a'), await task('b')]
    storage.loseReply('commit')
    storage.loseReply('commit')
    const asked = [one.ask('Write', { note: long('x') }), one.ask('Start'), other.ask('Start')]
    await clock.advance(200)
    expect((await Promise.all(asked)).map(({ event }) => event.sequence)).toEqual([2, 3, 2])
    expect(await memory.stats()).toMatchObject({ events: 5, blobs: 1, refs: 1, lastPosition: 5n })
  })

  it('to a creation does not make it exist already', async () => {
    const { task, storage, clock, memory } = await startHost(brief)
    storage.loseReply('commit')
    const spawned = task('t-1')
    await clock.advance(200)
    expect((await (await spawned).state()).version).toBe(1)
    expect((await memory.stats()).events).toBe(1)
  })
})

describe('a commit that answers for fewer units than it was sent', () => {
  it('is taken for unknown, and looked into by sending it again', async () => {
    const { task, storage, clock, memory } = await startHost(brief)
    const [one, other] = [await task('a'), await task('b')]
    storage.intervene('commit', async (carryOut) => ((await carryOut()) as readonly unknown[]).slice(0, 1))
    const asked = [one.ask('Start'), other.ask('Start')]
    await clock.advance(200)
    expect((await Promise.all(asked)).map(({ event }) => event.sequence)).toEqual([2, 2])
    expect((await memory.stats()).events).toBe(4)
  })
})

describe('an error that repeating does not mend', () => {
  it('ends the commands of its batch and no others', async () => {
    const { host, task, storage, errors } = await startHost(brief)
    const [one, other] = [await task('a'), await task('b')]
    // Together, then each by itself.
    storage.fail('commit', 'storage_failed', 3)
    const lost = await Promise.all([one.tryAsk('Start'), one.tryAsk('Close'), other.tryAsk('Start')])
    expect(lost.map((outcome) => !outcome.ok && outcome.error.code)).toEqual(Array(3).fill('unavailable'))
    expect((await one.ask('Start')).event.sequence).toBe(2)
    expect((await other.ask('Start')).event.sequence).toBe(2)
    expect(errors).toEqual([])
    await host.flush()
  })

  it('thrown by a storage that should not throw it is told as unavailable', async () => {
    const { task, storage } = await startHost(brief)
    const ref = await task('t-1')
    storage.intervene('commit', () => Promise.reject(new TypeError('a bug')))
    await expect(ref.ask('Start')).rejects.toMatchObject({ code: 'unavailable' })
    expect((await ref.ask('Start')).event.sequence).toBe(2)
  })

  it('is looked for: of many units the one that cannot be stored fails alone', async () => {
    const { host, memory, errors } = await startHost(brief)
    const poison = { id: 't-137' }
    refuseUnitsOf(memory, poison.id, 'storage_failed')
    const ids = Array.from({ length: 500 }, (_, index) => `t-${index}`)
    const spawned = await Promise.allSettled(ids.map((id) => host.spawn('Task', { id })))
    const failed = spawned.flatMap(({ status }, index) => (status === 'rejected' ? [ids[index]] : []))
    expect(failed).toEqual([poison.id])
    expect(errors).toEqual([])
    expect(host.health()).toMatchObject({ state: 'running', committed: 499, processed: 500 })
  })

  it('of one unit spares its neighbours', async () => {
    const { task, storage } = await startHost()
    const [one, other] = [await task('a'), await task('b')]
    storage.intervene('commit', async (carryOut) => {
      const [, kept] = (await carryOut()) as readonly unknown[]
      return [{ kind: 'refused', error: new StorageError('unit_refused', 'too large') }, kept]
    })
    const outcomes = await Promise.all([one.tryAsk('Start'), other.tryAsk('Start')])
    expect(outcomes).toMatchObject([{ ok: false, error: { code: 'unit_refused' } }, { ok: true }])
  })
})

describe('a storage that hangs', () => {
  it('is asked again, and what it does with the first call in the end stores nothing twice', async () => {
    const { host, task, storage, clock, memory } = await startHost({
      retry: { ...brief.retry, answerMs: 500 },
    })
    const ref = await task('t-1')
    const held = storage.hold('commit')
    const asked = ref.ask('Start')
    await held.arrived
    await clock.advance(700)
    expect((await asked).event.sequence).toBe(2)
    held.release()
    await turn()
    expect((await ref.ask('Add', { amount: 1 })).event.sequence).toBe(3)
    expect((await memory.stats()).events).toBe(3)
    await host.flush()
  })
})

describe('an entity that cannot be stored', () => {
  it('is quarantined after three failures while others succeed, answers at once, and is released by hand', async () => {
    const { host, task, storage, memory } = await startHost(brief)
    const [bad, good] = [await task('bad'), await task('good')]
    const mend = refuseUnitsOf(memory, 'bad', 'storage_failed')
    for (let count = 0; count < 3; count++) {
      await expect(bad.ask('Add', { amount: 0 })).rejects.toMatchObject({ code: 'unavailable' })
      await good.ask('Add', { amount: 0 })
    }
    const commits = storage.calls.get('commit')
    await expect(bad.ask('Start')).rejects.toMatchObject({
      code: 'entity_quarantined',
      details: { entity: 'Task/bad', kind: 'unwritable', cause: 'storage_failed' },
    })
    expect(storage.calls.get('commit')).toBe(commits)
    expect(host.health()).toMatchObject({
      state: 'degraded',
      quarantined: [
        { tenant: 'default', type: 'Task', id: 'bad', kind: 'unwritable', code: 'storage_failed' },
      ],
    })
    expect((await bad.state()).version).toBe(1)
    mend()
    expect(host.release('Task', 'good')).toBe(false)
    expect(host.release('Task', 'bad')).toBe(true)
    expect((await bad.ask('Start')).event.sequence).toBe(2)
    expect(host.health()).toMatchObject({ state: 'running', quarantined: [] })
  })

  it('is not quarantined for a disk that is full, though small writes of others succeed on it', async () => {
    const { host, task, memory } = await startHost(brief)
    const [large, small] = [await task('large'), await task('small')]
    const mend = refuseUnitsOf(memory, 'large', 'storage_full')
    for (let count = 0; count < 5; count++) {
      await expect(large.ask('Add', { amount: 0 })).rejects.toMatchObject({ code: 'unavailable' })
      await small.ask('Add', { amount: 0 })
    }
    expect(host.health().quarantined).toEqual([])
    mend()
    expect((await large.ask('Start')).event.sequence).toBe(2)
  })

  it('is not quarantined when nobody else succeeds either: then it is the storage', async () => {
    const { host, task, storage } = await startHost(brief)
    const ref = await task('t-1')
    storage.fail('commit', 'storage_failed', 5)
    for (let count = 0; count < 5; count++) {
      await expect(ref.ask('Start')).rejects.toMatchObject({ code: 'unavailable' })
    }
    expect(host.health().quarantined).toEqual([])
    expect((await ref.ask('Start')).event.sequence).toBe(2)
  })

  it('though repeating could help, is tried by itself behind the others, and quarantined when its budget is spent', async () => {
    const { host, task, memory, clock, errors } = await startHost(brief)
    const [bad, good] = [await task('bad'), await task('good')]
    refuseUnitsOf(memory, 'bad', 'storage_unavailable')
    const stuck = bad.tryAsk('Start')
    const behind = bad.tryAsk('Add', { amount: 1 })
    const first = good.ask('Add', { amount: 0 })
    await clock.advance(100)
    expect((await first).event.sequence).toBe(2)
    expect(host.health()).toMatchObject({ state: 'degraded', degraded: [{ operation: 'append' }] })
    for (let count = 0; count < 12; count++) {
      const asked = good.ask('Add', { amount: 0 })
      await clock.advance(100)
      await asked
    }
    for (const outcome of await Promise.all([stuck, behind]))
      expect(outcome).toMatchObject({ ok: false, error: { code: 'unavailable' } })
    expect(host.health()).toMatchObject({ quarantined: [{ id: 'bad', code: 'storage_unavailable' }] })
    expect(errors).toEqual([])
    expect((await good.state()).version).toBe(14)
  })

  it('for a while only, is stored in the end, exactly once and in order', async () => {
    const { task, clock, memory } = await startHost(brief)
    const [bad, good] = [await task('bad'), await task('good')]
    const mend = refuseUnitsOf(memory, 'bad', 'storage_contention')
    const stuck = [bad.ask('Tag', { tag: 'a' }), bad.ask('Tag', { tag: 'b' })]
    const neighbour = good.ask('Start')
    const behind = bad.ask('Tag', { tag: 'c' })
    await clock.advance(200)
    await neighbour
    mend()
    await clock.advance(300)
    const outcomes = await Promise.all([...stuck, behind])
    expect(outcomes.map(({ event }) => event.sequence)).toEqual([2, 3, 4])
    expect((await memory.stats()).events).toBe(6)
  })
})

/** Has every commit fail that has a unit of this entity. @returns what mends it */
function refuseUnitsOf(storage: MemoryStorage, id: string, code: StorageErrorCode): () => void {
  const sound = storage.commit.bind(storage)
  storage.commit = (units) =>
    units.some(({ entity }) => entity.id === id)
      ? Promise.reject(new StorageError(code, `${id} cannot be stored`))
      : sound(units)
  return () => {
    storage.commit = sound
  }
}

describe('a storage that stays away longer than the budget', () => {
  it('fails the host: onError once, every waiting command rejected, and nothing hangs', async () => {
    const { host, task, storage, clock, errors } = await startHost(brief)
    const [one, other] = [await task('a'), await task('b')]
    storage.fail('commit', 'storage_unavailable', 1_000)
    const written = one.tryAsk('Start')
    await turn()
    const waiting = [
      one.tryAsk('Add', { amount: 1 }),
      other.tryAsk('Start'),
      host.entity('Task', 'b').tryAsk('Close'),
    ]
    const spawned = host.spawn('Task', { id: 'c' }).catch((error: unknown) => error)
    const flushed = host.flush().catch((error: unknown) => error)
    await clock.advance(2_000)
    for (const outcome of await Promise.all([written, ...waiting])) {
      expect(outcome).toMatchObject({ ok: false, error: { code: 'unavailable' } })
    }
    expect(await spawned).toMatchObject({ code: 'unavailable' })
    expect(await flushed).toMatchObject({ code: 'storage_unavailable' })
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatchObject({ code: 'storage_unavailable' })
  })

  it('has later commands answered at once, without asking it again', async () => {
    const { host, task, storage, clock, errors } = await startHost(brief)
    const ref = await task('a')
    await task('b')
    host.passivate('Task', 'b')
    storage.fail('commit', 'storage_unavailable', 1_000)
    const written = ref.tryAsk('Start')
    await clock.advance(2_000)
    await written
    const calls = new Map(storage.calls)
    const late = await Promise.all([
      ref.tryAsk('Start'),
      ref.tryAsk('Nothing'),
      host.entity('Task', 'b').tryAsk('Start'),
      host.spawn('Task').catch((error: unknown) => ({ ok: false, error })),
    ])
    for (const outcome of late) expect(outcome).toMatchObject({ ok: false, error: { code: 'unavailable' } })
    expect(storage.calls).toEqual(calls)
    expect(errors).toHaveLength(1)
    await expect(host.flush()).rejects.toMatchObject({ code: 'storage_unavailable' })
    expect((await host.entity('Task', 'b').state()).version).toBe(1)
  })

  it('lets the host fail in good order when onError asks again, or throws', async () => {
    const asked: Promise<unknown>[] = []
    const test = await startHost({
      ...brief,
      onError: () => {
        asked.push(test.host.entity('Task', 'a').tryAsk('Start'))
        throw new Error('oops')
      },
    })
    const [one, other] = [await test.task('a'), await test.task('b')]
    test.storage.fail('commit', 'storage_unavailable', 1_000)
    const written = one.tryAsk('Start')
    await turn()
    const behind = other.tryAsk('Start')
    await test.clock.advance(2_000)
    const outcomes = await Promise.all([written, behind, ...asked])
    expect(outcomes).toHaveLength(3)
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ ok: false, error: { code: 'unavailable' } })
  })

  it('in loading fails that entity only, and a later command tries again', async () => {
    const { host, task, storage, clock, errors } = await startHost(brief)
    const [one, other] = [await task('a'), await task('b')]
    host.passivate('Task', 'a')
    storage.fail('load', 'storage_unavailable', 30)
    const asked = one.tryAsk('Start')
    const read = one.state().catch((error: unknown) => error)
    await clock.advance(100)
    expect((await other.ask('Start')).event.sequence).toBe(2)
    await clock.advance(2_000)
    expect(await asked).toMatchObject({ ok: false, error: { code: 'unavailable' } })
    expect(await read).toMatchObject({ code: 'unavailable' })
    expect(errors).toEqual([])
    const again = one.ask('Start')
    await clock.advance(2_000)
    expect((await again).event.sequence).toBe(2)
  })
})

describe('a failure on the way to an entity', () => {
  it('answered in the very moment it is told does not swallow the next command', async () => {
    const { host, task, storage } = await startHost()
    const ref = await task('t-1')
    host.passivate('Task', 't-1')
    storage.fail('load', 'storage_failed', 1)
    let again: Promise<unknown> | undefined
    ref.actor.subscribe(({ phase }) => {
      if (phase === 'unloaded') again ??= ref.ask('Start')
    })
    await expect(ref.ask('Start')).rejects.toMatchObject({ code: 'unavailable' })
    await turn()
    expect(again).toBeDefined()
    await expect(again).resolves.toMatchObject({ event: { sequence: 2 } })
  })

  it('whose content cannot be read is told as unavailable, and the entity goes on', async () => {
    const { task, storage } = await startHost()
    const ref = await task('t-1', { note: long('a') })
    storage.fail('readBlob', 'storage_failed', 2)
    await expect(ref.ask('Approve')).rejects.toMatchObject({ code: 'unavailable' })
    await expect(ref.readField('note')).rejects.toMatchObject({ code: 'unavailable' })
    expect((await ref.ask('Approve')).event.sequence).toBe(2)
  })
})
