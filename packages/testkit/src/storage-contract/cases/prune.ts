// Prune: references go for their age and for a byte cap, each judged by itself; dry runs, progress and one run at a time.
import assert from 'node:assert/strict'
import type { EntityKey, PruneOptions, PruneResult, RetentionProgress, Storage } from '@perdure/core'
import type { ContractCase, ContractSubject } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { rejectsWith, sameBytes, sameJson } from '../check.ts'
import { claimOf, hold, session, startOfTime, unitOf } from '../make-unit.ts'
import type { Hold } from '../make-unit.ts'

const now = startOfTime + 1_000_000
/** Long after `now`: a reference that ends, but not in any of these cases. */
const later = now + 1_000_000
const entity = session('s-1')

/** Makes references in one commit of a new entity, at a time. */
async function refer(storage: Storage, key: EntityKey, at: number, ...holds: readonly Hold[]): Promise<void> {
  const results = await storage.commit([unitOf(key, 0, { events: [{ at }], holds })])
  sameJson(
    results.map(({ kind }) => kind),
    ['committed'],
    'the result of the commit',
  )
}

type PruneCounts = Omit<PruneResult, 'freedBytes' | 'outcome'>

/** Prunes and fails unless it did exactly this, nothing where nothing is named. */
async function expectPrune(
  storage: Storage,
  options: PruneOptions,
  did: Partial<PruneCounts> = {},
): Promise<void> {
  const { freedBytes, outcome, ...counts } = await storage.prune(options)
  assert.equal(outcome, 'done')
  assert.deepEqual(counts, {
    expiredRefs: 0,
    agedRefs: 0,
    cappedRefs: 0,
    orphanedBlobs: 0,
    deletedBlobs: 0,
    unmetBytes: 0,
    ...did,
  })
  assert.equal(freedBytes > 0, counts.deletedBlobs > 0, `${freedBytes} bytes freed`)
}

async function expectHeld(storage: Storage, held: Hold, owner = entity): Promise<void> {
  sameBytes(await storage.readBlob(owner.tenant, held.hash), held.blob.bytes, 'the content')
  sameJson(await storage.findMissingClaims(owner, [claimOf(held)]), [], 'the missing claims')
}

async function expectLost(storage: Storage, held: Hold, owner = entity): Promise<void> {
  sameJson(await storage.findMissingClaims(owner, [claimOf(held)]), [claimOf(held)], 'the missing claims')
}

/** Three references that end, of contents that no codec makes smaller, the first one made first. */
async function referInTurn(storage: Storage): Promise<readonly Hold[]> {
  const holds = ['one', 'two', 'three'].map((text, index) => hold(`f${index}`, text, later))
  for (const [index, each] of holds.entries()) await refer(storage, session(`s-${index}`), now + index, each)
  return holds
}

/** An age and a cap that leave nothing but what must never go. */
const strictest = { maxAgeMs: 0, maxStoredBytes: 0 }

/** Something of everything that a prune lets go of, and something that stays. */
async function fill(storage: Storage): Promise<void> {
  await refer(storage, session('expired'), now, hold('f', 'expired', now))
  await refer(storage, session('aged'), now - 500, hold('f', 'aged', later), hold('g', 'shared', later))
  await refer(storage, session('young'), now, hold('f', 'shared', later))
  await refer(storage, session('capped'), now - 50, hold('f', 'capped', later))
  await refer(storage, session('kept'), now - 900, hold('f', 'kept'))
  await storage.commit([unitOf(session('gone'), 0, { holds: [hold('f', 'gone')], deletes: true })])
}

const always: readonly ContractCase[] = contractGroup('prune', {
  'the storage does what a sweep does when a prune is given no limits': async ({ storage }) => {
    const [ending, permanent] = [hold('f', 'ending', now), hold('g', 'permanent')]
    await refer(storage, entity, startOfTime, ending, permanent)
    await expectPrune(storage, { now }, { expiredRefs: 1, orphanedBlobs: 1, deletedBlobs: 1 })
    await expectLost(storage, ending)
    await expectHeld(storage, permanent)
  },

  'the storage prunes a reference when it has reached the age, not before': async ({ storage }) => {
    const held = hold('f', 'content', later)
    await refer(storage, entity, now - 100, held)
    await expectPrune(storage, { now, maxAgeMs: 101 })
    await expectHeld(storage, held)
    await expectPrune(storage, { now, maxAgeMs: 100 }, { agedRefs: 1, orphanedBlobs: 1, deletedBlobs: 1 })
    await expectLost(storage, held)
  },

  'the storage never prunes a permanent reference of an entity that lives': async ({ storage }) => {
    const held = hold('f', 'content')
    await refer(storage, entity, startOfTime, held)
    const { storedBytes } = await storage.stats()
    await expectPrune(storage, { now, ...strictest }, { unmetBytes: storedBytes })
    await expectHeld(storage, held)
  },

  'the storage prunes permanent references of deleted entities': async ({ storage }) => {
    const [dead, alive] = [hold('f', 'dead'), hold('f', 'alive')]
    await refer(storage, session('s-2'), startOfTime, alive)
    await refer(storage, entity, startOfTime, dead)
    await storage.commit([unitOf(entity, 1, { deletes: true })])
    await expectPrune(storage, { now, maxAgeMs: 0 }, { agedRefs: 1, orphanedBlobs: 1, deletedBlobs: 1 })
    await expectLost(storage, dead)
    await expectHeld(storage, alive, session('s-2'))
  },

  'the storage prunes the cold references of content that many hot ones hold, and keeps the content': async ({
    storage,
  }) => {
    const held = hold('f', 'shared', later)
    const hot = Array.from({ length: 100 }, (_, index) => session(`hot-${index}`))
    const cold = [session('cold-1'), session('cold-2'), session('cold-3')]
    await storage.commit([
      ...cold.map((key) => unitOf(key, 0, { events: [{ at: now - 1_000 }], holds: [held] })),
      ...hot.map((key) => unitOf(key, 0, { events: [{ at: now - 1 }], holds: [held] })),
    ])
    await expectPrune(storage, { now, maxAgeMs: 1_000, batch: 2 }, { agedRefs: 3 })
    for (const key of cold) await expectLost(storage, held, key)
    for (const key of hot) await expectHeld(storage, held, key)
  },

  'the storage counts a claim made again as a new reference': async ({ storage }) => {
    const held = hold('f', 'content', later)
    await refer(storage, entity, now - 1_000, held)
    await storage.commit([unitOf(entity, 1, { events: [{ at: now - 10 }], holds: [held] })])
    await expectPrune(storage, { now, maxAgeMs: 11 })
    await expectHeld(storage, held)
    await expectPrune(storage, { now, maxAgeMs: 10 }, { agedRefs: 1, orphanedBlobs: 1, deletedBlobs: 1 })
  },

  'the storage takes no reference for older when the clock of a later claim was behind': async ({
    storage,
  }) => {
    const held = hold('f', 'content', later)
    await refer(storage, entity, now - 10, held)
    const ending = hold('f', 'content', later + 1)
    await storage.commit([unitOf(entity, 1, { events: [{ at: now - 1_000 }], holds: [ending] })])
    await expectPrune(storage, { now, maxAgeMs: 11 })
    await expectHeld(storage, held)
  },

  'the storage does not count reading nor restoring as a new reference': async ({ storage }) => {
    const [held, lost] = [hold('f', 'content', later), hold('g', 'lost', later)]
    await refer(storage, entity, now - 1_000, held)
    await storage.readBlob(entity.tenant, held.hash)
    assert.equal(
      await storage.restoreClaims(entity, 1, [claimOf(held), claimOf(lost)], [held.blob, lost.blob]),
      true,
    )
    await expectHeld(storage, lost)
    await expectPrune(storage, { now, maxAgeMs: 1_000 }, { agedRefs: 2, orphanedBlobs: 2, deletedBlobs: 2 })
  },

  'the storage prunes for bytes what was referred to least recently, and no more than it takes': async ({
    storage,
  }) => {
    const [first, second, third] = await referInTurn(storage)
    const { storedBytes } = await storage.stats()
    await expectPrune(storage, { now, maxStoredBytes: storedBytes })
    const maxStoredBytes = storedBytes - 1
    await expectPrune(storage, { now, maxStoredBytes }, { cappedRefs: 1, orphanedBlobs: 1, deletedBlobs: 1 })
    if (first) await expectLost(storage, first, session('s-0'))
    if (second) await expectHeld(storage, second, session('s-1'))
    if (third) await expectHeld(storage, third, session('s-2'))
  },

  'the storage frees content for bytes only with its last reference': async ({ storage }) => {
    const [shared, other] = [hold('f', 'shared', later), hold('f', 'other', later)]
    await refer(storage, session('cold'), now - 30, shared)
    await refer(storage, session('between'), now - 20, other)
    await refer(storage, session('hot'), now - 10, shared)
    const maxStoredBytes = (await storage.stats()).storedBytes - 1
    // The cold reference frees nothing by itself, so the one after it has to go as well.
    await expectPrune(storage, { now, maxStoredBytes }, { cappedRefs: 2, orphanedBlobs: 1, deletedBlobs: 1 })
    await expectLost(storage, shared, session('cold'))
    await expectLost(storage, other, session('between'))
    await expectHeld(storage, shared, session('hot'))
  },

  'the storage reports by how much a cap is not met, and forces nothing': async ({ storage }) => {
    const [permanent, ending] = [hold('f', 'permanent'), hold('g', 'ending', later)]
    await refer(storage, entity, now, permanent)
    const { storedBytes } = await storage.stats()
    await refer(storage, session('s-2'), now - 1, ending, hold('f', 'permanent', later))
    await expectPrune(
      storage,
      { now, maxStoredBytes: storedBytes - 1 },
      { cappedRefs: 2, orphanedBlobs: 1, deletedBlobs: 1, unmetBytes: 1 },
    )
    await expectHeld(storage, permanent)
  },

  'the storage does not count against a cap what waits for the end of its grace period': async ({
    storage,
  }) => {
    const [first, second] = [hold('f', 'first', later), hold('g', 'second', later)]
    await refer(storage, entity, now - 2, first)
    await refer(storage, session('s-2'), now - 1, second)
    const maxStoredBytes = (await storage.stats()).storedBytes - 1
    const options = { maxStoredBytes, graceMs: 100 }
    await expectPrune(storage, { ...options, now }, { cappedRefs: 1, orphanedBlobs: 1 })
    await expectPrune(storage, { ...options, now: now + 50 })
    await expectHeld(storage, second, session('s-2'))
    await expectPrune(storage, { ...options, now: now + 100 }, { deletedBlobs: 1 })
  },

  'the storage answers a dry run as the real one, and changes nothing': async ({ storage }) => {
    await fill(storage)
    const before = await storage.stats()
    const maxStoredBytes = before.storedBytes - 1
    for (const options of [
      { now, maxAgeMs: 400, maxStoredBytes: 1, batch: 1 },
      { now: now + 100, maxAgeMs: 400, maxStoredBytes, graceMs: 100 },
      { now: now + 100, ...strictest },
    ]) {
      const dry = await storage.prune({ ...options, dryRun: true })
      assert.deepEqual(await storage.stats(), before, 'what is stored after a dry run')
      assert.ok(dry.agedRefs > 0, 'something is to be pruned')
    }
    const options = { now, maxAgeMs: 400, maxStoredBytes, graceMs: 100 }
    const dry = await storage.prune({ ...options, dryRun: true })
    assert.deepEqual(await storage.prune(options), dry, 'what the prune did')
    const rest = { now: now + 100, ...strictest, graceMs: 50 }
    const dryRest = await storage.prune({ ...rest, dryRun: true })
    assert.deepEqual(await storage.prune(rest), dryRest, 'what the second prune did')
  },

  'the storage answers a dry run of a sweep as the real one, and changes nothing': async ({ storage }) => {
    await fill(storage)
    const before = await storage.stats()
    const dry = await storage.sweep({ now, dryRun: true })
    assert.deepEqual(await storage.stats(), before, 'what is stored after a dry run')
    assert.equal(dry.expiredRefs, 1)
    assert.deepEqual(await storage.sweep({ now }), dry, 'what the sweep did')
  },

  'the storage reports how far it has come, up to what it answers': async ({ storage }) => {
    await fill(storage)
    const seen: RetentionProgress[] = []
    const options = { now, maxAgeMs: 400, maxStoredBytes: 1, batch: 1 }
    const result = await storage.prune({ ...options, onProgress: (progress) => void seen.push(progress) })
    assert.deepEqual([...new Set(seen.map(({ phase }) => phase))], ['expire', 'age', 'cap', 'mark', 'delete'])
    const { outcome: _, unmetBytes: __, ...counts } = result
    assert.deepEqual(seen.at(-1), { phase: 'delete', ...counts })
  },

  'the storage prunes nothing once it is aborted, and says so': async ({ storage }) => {
    await fill(storage)
    const before = await storage.stats()
    const { outcome, ...did } = await storage.prune({ now, ...strictest, signal: AbortSignal.abort() })
    assert.equal(outcome, 'aborted')
    assert.deepEqual(new Set(Object.values(did)), new Set([0]), 'what it did')
    assert.deepEqual(await storage.stats(), before, 'what is stored')
  },

  'the storage ends a prune early when it is aborted, and answers what it did': async ({ storage }) => {
    await fill(storage)
    const before = await storage.stats()
    const abort = new AbortController()
    const options = { now, ...strictest, signal: abort.signal, onProgress: () => abort.abort() }
    const result = await storage.prune(options)
    assert.equal(result.outcome, 'aborted')
    assert.deepEqual({ ...result }, { ...result, agedRefs: 0, cappedRefs: 0, deletedBlobs: 0, unmetBytes: 0 })
    assert.equal((await storage.stats()).refs, before.refs - result.expiredRefs)
    assert.equal((await storage.prune({ now, ...strictest })).outcome, 'done')
  },

  'the storage skips a sweep and a prune while another one is under way': async ({ storage }) => {
    await expectOneAtATime(storage, storage)
  },

  'the storage refuses a sweep or a prune with options that make no sense': async ({ storage }) => {
    for (const [name, nonsense] of [
      ['now', { now: NaN }],
      ['batch', { batch: 0 }],
      ['batch', { batch: 1.5 }],
      ['graceMs', { graceMs: -1 }],
    ] as const) {
      await rejectsWith(storage.sweep({ now, ...nonsense }), 'storage_misconfigured', name)
      await rejectsWith(storage.prune({ now, ...nonsense }), 'storage_misconfigured', name)
    }
    for (const [name, nonsense] of [
      ['maxAgeMs', { maxAgeMs: NaN }],
      ['maxStoredBytes', { maxStoredBytes: -1 }],
    ] as const) {
      await rejectsWith(storage.prune({ now, ...nonsense }), 'storage_misconfigured', name)
    }
  },
})

/** While the first is at it the second does nothing, but tries out; afterwards it is free to. */
async function expectOneAtATime(first: Storage, second: Storage): Promise<void> {
  await fill(first)
  const seen: string[] = []
  await first.sweep({
    now: startOfTime,
    onProgress: async ({ phase }) => {
      if (phase !== 'expire') return
      const { outcome, ...did } = await second.prune({ now, ...strictest })
      assert.deepEqual(new Set(Object.values(did)), new Set([0]), 'what the skipped prune did')
      seen.push(
        outcome,
        (await second.sweep({ now })).outcome,
        (await second.sweep({ now, dryRun: true })).outcome,
      )
    },
  })
  assert.deepEqual(seen, ['skipped', 'skipped', 'done'], 'what came of the others')
  assert.equal((await second.sweep({ now })).outcome, 'done')
}

const betweenOpenings: readonly ContractCase[] = contractGroup(
  'prune',
  {
    'the storage skips a sweep and a prune while another opening of the same data is at it': async (
      subject: ContractSubject,
    ) => {
      const { storage, openAnother } = subject
      assert.ok(openAnother, 'the subject can open the same data twice')
      await expectOneAtATime(storage, await openAnother())
    },
  },
  'shared',
)

export const pruneCases: readonly ContractCase[] = [...always, ...betweenOpenings]
