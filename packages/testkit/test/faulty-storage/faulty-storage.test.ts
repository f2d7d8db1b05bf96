import type { CommitUnit, EntityKey, Storage } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'
import { VirtualClock, faultPlan, faultyStorage, runContract, unsyncedStorage } from '@perdure/testkit'
import type { Fault, FaultPlan, FaultyStorageOptions } from '@perdure/testkit'
import { describe, expect, it } from 'vitest'
import {
  contentOf,
  hold,
  session,
  snapshotAt,
  specHash,
  unitOf,
} from '../../src/storage-contract/make-unit.ts'

const one = session('s-1')
const two = session('s-2')

/** A memory storage behind one fault, at the first call unless it says another. */
function broken(fault: Fault, options: FaultyStorageOptions = {}, at = 1) {
  const inner = openMemoryStorage()
  return { inner, storage: faultyStorage(inner, faultPlan.at(at, fault), options) }
}

async function versionOf(storage: Storage, entity: EntityKey): Promise<number> {
  return (await storage.readHeads([entity]))[0]?.version ?? 0
}

/** Whether a promise has settled by the time that everything else has. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  const note = (): void => {
    settled = true
  }
  promise.then(note, note)
  await new VirtualClock().settle()
  return settled
}

it('keeps the whole storage contract while nothing goes wrong', async () => {
  const outcomes = await runContract(
    async () => {
      const inner = openMemoryStorage()
      const storage = faultyStorage(inner, faultPlan.none())
      return { storage, tamper: inner.tamper, close: () => storage.close() }
    },
    { off: { durable: 'memory', survivesPowerLoss: 'memory', shared: 'memory' }, numRuns: 10 },
  )
  expect(outcomes.filter(({ kind }) => kind === 'broken')).toEqual([])
  expect(outcomes.filter(({ kind }) => kind === 'kept').length).toBeGreaterThan(50)
}, 60_000)

describe('a fault of a call', () => {
  it('failBefore: nothing is stored, and the error is definite', async () => {
    const { inner, storage } = broken({ kind: 'failBefore', code: 'storage_full' })
    await expect(storage.commit([unitOf(one, 0)])).rejects.toMatchObject({
      code: 'storage_full',
      retryable: false,
    })
    expect(await versionOf(inner, one)).toBe(0)
    expect(await storage.commit([unitOf(one, 0)])).toMatchObject([{ kind: 'committed' }])
  })

  it('failAfter: everything is stored, and the caller cannot know', async () => {
    const { inner, storage } = broken({ kind: 'failAfter' })
    await expect(storage.commit([unitOf(one, 0)])).rejects.toMatchObject({
      code: 'outcome_unknown',
      retryable: true,
    })
    expect(await versionOf(inner, one)).toBe(1)
  })

  it('reorder: the call that comes next is carried out first', async () => {
    const clock = new VirtualClock()
    const { inner, storage } = broken({ kind: 'reorder' }, { clock })
    const order: string[] = []
    const first = storage.commit([unitOf(one, 0)]).then(() => order.push('first'))
    expect(await isSettled(first)).toBe(false)
    expect(await versionOf(inner, one)).toBe(0)
    await storage.commit([unitOf(two, 0)]).then(() => order.push('second'))
    await first
    expect(order).toEqual(['second', 'first'])
    expect(await versionOf(inner, one)).toBe(1)
  })

  it('reorder: a call that no other overtakes goes alone in the end', async () => {
    const clock = new VirtualClock()
    const { inner, storage } = broken({ kind: 'reorder' }, { clock })
    const alone = storage.commit([unitOf(one, 0)])
    await clock.advance(1_000)
    await alone
    expect(await versionOf(inner, one)).toBe(1)
  })

  it('clockJump: the host has another time of day, and the call is carried out', async () => {
    const jumps: number[] = []
    const { inner, storage } = broken({ kind: 'clockJump', ms: -5 }, { jumpClock: (ms) => jumps.push(ms) })
    await storage.commit([unitOf(one, 0)])
    expect([jumps, await versionOf(inner, one)]).toEqual([[-5], 1])
    const { storage: without } = broken({ kind: 'clockJump', ms: 5 })
    await expect(without.commit([unitOf(one, 0)])).rejects.toThrow('clockJump needs options.jumpClock')
  })

  it.each([true, false])('hang (carried out: %s): no answer, ever', async (isCarriedOut) => {
    const { inner, storage } = broken({ kind: 'hang', isCarriedOut })
    expect(await isSettled(storage.commit([unitOf(one, 0)]))).toBe(false)
    expect(await versionOf(inner, one)).toBe(isCarriedOut ? 1 : 0)
    expect(await versionOf(storage, one)).toBe(isCarriedOut ? 1 : 0)
  })

  it('latency: the answer comes when the clock has moved on', async () => {
    const clock = new VirtualClock()
    const { inner, storage } = broken({ kind: 'latency', ms: 500 }, { clock })
    const answer = storage.commit([unitOf(one, 0)])
    await clock.advance(499)
    expect(await versionOf(inner, one)).toBe(0)
    await clock.advance(1)
    expect(await answer).toMatchObject([{ kind: 'committed' }])
  })

  it('duplicate: carried out twice', async () => {
    const inner = openMemoryStorage()
    let commits = 0
    const counted = new Proxy(inner, {
      get: (target, name: keyof Storage) =>
        name === 'commit'
          ? (units: readonly CommitUnit[]) => {
              commits++
              return target.commit(units)
            }
          : target[name],
    })
    const storage = faultyStorage(counted, faultPlan.at(1, { kind: 'duplicate' }))
    expect(await storage.commit([unitOf(one, 0)])).toMatchObject([{ kind: 'committed', firstPosition: 1n }])
    expect(commits).toBe(2)
  })

  it('missingResults and wrongResult: stored, and answered wrongly', async () => {
    const missing = broken({ kind: 'missingResults' })
    expect(await missing.storage.commit([unitOf(one, 0), unitOf(two, 0)])).toHaveLength(1)
    expect(await versionOf(missing.inner, two)).toBe(1)
    const wrong = broken({ kind: 'wrongResult' })
    expect(await wrong.storage.commit([unitOf(one, 0), unitOf(two, 0)])).toMatchObject([
      { kind: 'conflict', actualVersion: 1 },
      { kind: 'committed' },
    ])
  })

  it('corruptBlob, missingBlob, truncatedBlob: a blob that is damaged, gone, cut short', async () => {
    const value = 'a text'
    const { hash } = contentOf(value)
    const read = async (kind: 'corruptBlob' | 'missingBlob' | 'truncatedBlob') => {
      const { inner, storage } = broken({ kind }, {}, 1)
      await inner.commit([unitOf(one, 0, { holds: [hold('f', value)] })])
      return storage.readBlob(one.tenant, hash)
    }
    await expect(read('corruptBlob')).rejects.toMatchObject({ code: 'corrupt_blob' })
    expect(await read('missingBlob')).toBeUndefined()
    expect(Buffer.from((await read('truncatedBlob')) ?? []).toString()).toBe('"a text')
  })

  it('strikes only where it means something; elsewhere the call goes through', async () => {
    const { storage } = broken({ kind: 'missingBlob' })
    expect(await storage.commit([unitOf(one, 0)])).toMatchObject([{ kind: 'committed' }])
  })
})

describe('staleRead', () => {
  const events = [{ idempotencyKey: 'k1' }, { idempotencyKey: 'k2' }, { idempotencyKey: 'k3' }]
  const stale = async (snapshot: number) => {
    const inner = openMemoryStorage()
    await inner.commit([unitOf(one, 0, { events, snapshot: snapshotAt(snapshot) })])
    const fault: Fault = { kind: 'staleRead', behind: 1 }
    const plan = [2, 3, 4, 5].reduce((all, index) => all.at(index, fault), faultPlan.at(1, fault))
    return faultyStorage(inner, plan)
  }

  it('loads what was there before the newest event, with a snapshot only if it is as old', async () => {
    const loaded = await (await stale(2)).load(one, { specHash })
    expect(loaded).toMatchObject({ head: { version: 2 }, snapshot: { sequence: 2 }, tail: [] })
    const without = await (await stale(3)).load(one, { specHash })
    expect(without?.tail.map(({ sequence }) => sequence)).toEqual([1, 2])
    expect(without?.snapshot).toBeUndefined()
  })

  it('hides the newest event from every read', async () => {
    const storage = await stale(1)
    expect((await storage.readEvents(one)).map(({ sequence }) => sequence)).toEqual([1, 2])
    expect(await storage.findByIdempotencyKey(one, 'k3')).toBeUndefined()
    expect((await storage.findByIdempotencyKey(one, 'k2'))?.sequence).toBe(2)
    expect(await versionOf(storage, one)).toBe(2)
  })

  it('does not know an entity that was only just created', async () => {
    const inner = openMemoryStorage()
    await inner.commit([unitOf(one, 0)])
    const storage = faultyStorage(inner, faultPlan.at(1, { kind: 'staleRead', behind: 1 }))
    expect(await storage.load(one, { specHash })).toBeUndefined()
  })
})

describe('a crash', () => {
  it.each([
    ['crashBefore', 0, 0],
    ['crashDuring', 1, 0],
    ['crashAfter', 1, 1],
  ] as const)('%s a commit of two units leaves %i and %i of their events', async (kind, first, second) => {
    const crashes: number[] = []
    const { inner, storage } = broken({ kind }, { onCrash: ({ index }) => crashes.push(index) })
    expect(await isSettled(storage.commit([unitOf(one, 0), unitOf(two, 0)]))).toBe(false)
    expect([await versionOf(inner, one), await versionOf(inner, two)]).toEqual([first, second])
    expect(crashes).toEqual([1])
    expect(storage.isDead).toBe(true)
  })

  it('answers nothing any more, and carries nothing out, not even what is on its way', async () => {
    const clock = new VirtualClock()
    const inner = openMemoryStorage()
    const storage = faultyStorage(inner, faultPlan.none(), { clock, delaysMs: () => [10, 10] })
    const onItsWay = storage.commit([unitOf(one, 0)])
    const comingBack = storage.commit([unitOf(two, 0)])
    await clock.advance(5)
    storage.die()
    await clock.advance(1_000)
    expect(await versionOf(inner, one)).toBe(0)
    expect([
      await isSettled(onItsWay),
      await isSettled(comingBack),
      await isSettled(storage.stats()),
    ]).toEqual([false, false, false])
  })

  it('between two calls may leave on its way what still arrives', async () => {
    const clock = new VirtualClock()
    const inner = openMemoryStorage()
    const storage = faultyStorage(inner, faultPlan.none(), { clock, delaysMs: () => [10, 10] })
    const onItsWay = storage.commit([unitOf(one, 0)])
    storage.die('arriving')
    await clock.advance(1_000)
    expect([
      await versionOf(inner, one),
      await isSettled(onItsWay),
      await isSettled(storage.stats()),
    ]).toEqual([1, false, false])
  })

  it('by loss of power takes acknowledged commits with it', async () => {
    const { storage: durable, losePower } = unsyncedStorage(() => openMemoryStorage())
    const plan = faultPlan.at(4, { kind: 'lostUnsynced', commits: 2 })
    const storage = faultyStorage(durable, plan, { losePower })
    await storage.commit([unitOf(one, 0)])
    await storage.commit([unitOf(one, 1)])
    await storage.commit([unitOf(two, 0)])
    expect(await isSettled(storage.stats())).toBe(false)
    expect([await versionOf(durable, one), await versionOf(durable, two)]).toEqual([1, 0])
    expect(await durable.commit([unitOf(two, 0)])).toMatchObject([{ kind: 'committed', firstPosition: 2n }])
  })

  it('by loss of power is refused where nothing can be taken back', async () => {
    const { storage } = broken({ kind: 'lostUnsynced', commits: 1 })
    await expect(storage.stats()).rejects.toThrow('losePower')
  })
})

describe('plans', () => {
  it('count the calls of all storages that follow them', async () => {
    const plan = faultPlan.at(2, { kind: 'failBefore' })
    const first = faultyStorage(openMemoryStorage(), plan)
    const second = faultyStorage(openMemoryStorage(), plan)
    await first.stats()
    await expect(second.stats()).rejects.toMatchObject({ code: 'storage_unavailable' })
    expect(plan.calls.map(({ index, method }) => `${index} ${method}`)).toEqual(['1 stats', '2 stats'])
  })

  it('by chance deal the same faults for the same seed, as data that deals them again', async () => {
    const deal = (plan: FaultPlan) => Array.from({ length: 300 }, () => plan.next('commit').fault?.kind)
    const random = faultPlan.random(7, { rate: 0.2 })
    const dealt = deal(random)
    expect(deal(faultPlan.random(7, { rate: 0.2 }))).toEqual(dealt)
    expect(deal(faultPlan.random(8, { rate: 0.2 }))).not.toEqual(dealt)
    expect(deal(faultPlan.of(random.struck))).toEqual(dealt)
    const struck = dealt.filter((kind) => kind !== undefined)
    expect(struck.length).toBeGreaterThan(30)
    expect(struck.length).toBeLessThan(90)
    expect(new Set(struck).size).toBeGreaterThan(5)
  })

  it('cover every point: each call with each fault that can strike it, one at a time', () => {
    const calls = [
      { index: 1, method: 'load' as const, nth: 1 },
      { index: 2, method: 'commit' as const, nth: 1 },
      { index: 3, method: 'close' as const, nth: 1 },
    ]
    const points = faultPlan.everyPoint(calls, [{ kind: 'failAfter' }, { kind: 'missingResults' }])
    expect(points.map(({ at, fault }) => `${at} ${fault.kind}`)).toEqual([
      '1 failAfter',
      '2 failAfter',
      '2 missingResults',
    ])
  })

  it('name a call among all, or among those of its method', () => {
    const plan = faultPlan.of([
      { at: 2, fault: { kind: 'failBefore' } },
      { at: 2, of: 'commit', fault: { kind: 'failAfter' } },
    ])
    const dealt = (['commit', 'load', 'load', 'commit'] as const).map(
      (method) => plan.next(method).fault?.kind,
    )
    expect(dealt).toEqual([undefined, 'failBefore', undefined, 'failAfter'])
    expect(plan.struck).toEqual([
      { at: 1, of: 'load', fault: { kind: 'failBefore' } },
      { at: 2, of: 'commit', fault: { kind: 'failAfter' } },
    ])
  })

  it('end: from then on nothing goes wrong', async () => {
    const plan = faultPlan.random(1, { rate: 1 })
    plan.end()
    expect(plan.next('commit').fault).toBeUndefined()
  })
})
