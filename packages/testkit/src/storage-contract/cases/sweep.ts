// Sweep: references expire, blobs that nothing refers to are marked, and deleted after a grace period.
import assert from 'node:assert/strict'
import type { Storage, SweepOptions, SweepResult } from '@perdure/core'
import type { ContractCase } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { sameBytes, sameJson } from '../check.ts'
import { claimOf, contentOf, hold, session, startOfTime, unitOf } from '../make-unit.ts'
import type { Hold } from '../make-unit.ts'

const now = startOfTime + 1_000_000
const entity = session('s-1')

type SweepCounts = Omit<SweepResult, 'freedBytes' | 'outcome'>

/** Sweeps and fails unless it did exactly this, nothing where nothing is named. */
async function expectSweep(
  storage: Storage,
  options: SweepOptions,
  did: Partial<SweepCounts> = {},
): Promise<void> {
  const { freedBytes, outcome, ...counts } = await storage.sweep(options)
  assert.equal(outcome, 'done')
  assert.deepEqual(counts, { expiredRefs: 0, orphanedBlobs: 0, deletedBlobs: 0, ...did })
  assert.equal(
    freedBytes > 0,
    counts.deletedBlobs > 0,
    `${freedBytes} bytes freed by ${counts.deletedBlobs} blobs`,
  )
}

async function expectHeld(storage: Storage, held: Hold, owner = entity): Promise<void> {
  sameBytes(await storage.readBlob(owner.tenant, held.hash), held.blob.bytes, 'the content')
  sameJson(await storage.findMissingClaims(owner, [claimOf(held)]), [], 'the missing claims')
}

async function expectGone(storage: Storage, held: Hold): Promise<void> {
  assert.equal(await storage.readBlob(entity.tenant, held.hash), undefined)
  sameJson(await storage.findMissingClaims(entity, [claimOf(held)]), [claimOf(held)], 'the missing claims')
}

/** Claims the same content for the same field again and again, one commit each. */
async function claimInTurn(storage: Storage, ...expiries: readonly (number | undefined)[]): Promise<Hold> {
  for (const [version, expiresAt] of expiries.entries())
    await storage.commit([unitOf(entity, version, { holds: [hold('f', 'content', expiresAt)] })])
  return hold('f', 'content')
}

export const sweepCases: readonly ContractCase[] = contractGroup('sweep', {
  'the storage finds nothing to sweep when it is empty': async ({ storage }) => {
    await expectSweep(storage, { now })
  },

  'the storage ends a reference at its time, not before': async ({ storage }) => {
    const held = hold('f', 'content', now)
    await storage.commit([unitOf(entity, 0, { holds: [held] })])
    await expectSweep(storage, { now: now - 1 })
    await expectHeld(storage, held)
    await expectSweep(storage, { now }, { expiredRefs: 1, orphanedBlobs: 1, deletedBlobs: 1 })
    await expectGone(storage, held)
    await expectSweep(storage, { now: now + 1 })
  },

  'the storage never sweeps what a permanent reference holds': async ({ storage }) => {
    const held = hold('f', 'content')
    await storage.commit([unitOf(entity, 0, { holds: [held] })])
    await expectSweep(storage, { now: now * 1_000 })
    await expectHeld(storage, held)
  },

  'the storage keeps content that a permanent reference holds beside one that ends': async ({ storage }) => {
    const [ending, permanent] = [hold('f', 'content', now), hold('g', 'content')]
    await storage.commit([unitOf(entity, 0, { holds: [ending, permanent] })])
    await expectSweep(storage, { now }, { expiredRefs: 1 })
    await expectHeld(storage, permanent)
    sameJson(await storage.findMissingClaims(entity, [claimOf(ending)]), [claimOf(ending)], 'the ended claim')
  },

  'the storage keeps content until the last reference of any entity ends': async ({ storage }) => {
    const [early, late] = [hold('f', 'content', now), hold('f', 'content', now + 50)]
    await storage.commit([
      unitOf(entity, 0, { holds: [early] }),
      unitOf(session('s-2'), 0, { holds: [late] }),
    ])
    await expectSweep(storage, { now }, { expiredRefs: 1 })
    await expectHeld(storage, late, session('s-2'))
    await expectSweep(storage, { now: now + 50 }, { expiredRefs: 1, orphanedBlobs: 1, deletedBlobs: 1 })
  },

  'the storage lets a later claim of the same field lengthen its time': async ({ storage }) => {
    const held = await claimInTurn(storage, now, now + 100)
    assert.equal((await storage.stats()).refs, 1)
    await expectSweep(storage, { now: now + 99 })
    await expectHeld(storage, held)
    await expectSweep(storage, { now: now + 100 }, { expiredRefs: 1, orphanedBlobs: 1, deletedBlobs: 1 })
  },

  'the storage lets a later claim of the same field shorten its time': async ({ storage }) => {
    await claimInTurn(storage, now + 100, now)
    await expectSweep(storage, { now }, { expiredRefs: 1, orphanedBlobs: 1, deletedBlobs: 1 })
  },

  'the storage lets a later claim of the same field make it permanent': async ({ storage }) => {
    const held = await claimInTurn(storage, now, undefined)
    await expectSweep(storage, { now })
    await expectHeld(storage, held)
  },

  'the storage lets a later claim of the same field end what was permanent': async ({ storage }) => {
    await claimInTurn(storage, undefined, now)
    await expectSweep(storage, { now }, { expiredRefs: 1, orphanedBlobs: 1, deletedBlobs: 1 })
  },

  'the storage sweeps content that was released, and nothing else': async ({ storage }) => {
    const [released, kept] = [hold('f', 'released'), hold('g', 'kept')]
    await storage.commit([unitOf(entity, 0, { holds: [released, kept] })])
    await storage.commit([unitOf(entity, 1, { releases: [released] })])
    await expectSweep(storage, { now }, { orphanedBlobs: 1, deletedBlobs: 1 })
    await expectGone(storage, released)
    await expectHeld(storage, kept)
  },

  'the storage sweeps content that nobody ever claimed': async ({ storage }) => {
    const blob = contentOf('unclaimed')
    await storage.commit([unitOf(entity, 0, { blobs: [blob] })])
    await expectSweep(storage, { now }, { orphanedBlobs: 1, deletedBlobs: 1 })
    assert.equal(await storage.readBlob(entity.tenant, blob.hash), undefined)
  },

  'the storage marks first and deletes after the grace period': async ({ storage }) => {
    const held = hold('f', 'content', now)
    await storage.commit([unitOf(entity, 0, { holds: [held] })])
    await expectSweep(storage, { now, graceMs: 100 }, { expiredRefs: 1, orphanedBlobs: 1 })
    assert.equal((await storage.stats()).orphanedBlobs, 1)
    sameBytes(
      await storage.readBlob(entity.tenant, held.hash),
      held.blob.bytes,
      'the content in its grace period',
    )
    await expectSweep(storage, { now: now + 99, graceMs: 100 })
    await expectSweep(storage, { now: now + 100, graceMs: 100 }, { deletedBlobs: 1 })
    await expectGone(storage, held)
  },

  'the storage revives an orphan that is claimed again': async ({ storage }) => {
    const held = hold('f', 'content')
    await storage.commit([unitOf(entity, 0, { holds: [held] })])
    await storage.commit([unitOf(entity, 1, { releases: [held] })])
    await expectSweep(storage, { now, graceMs: 100 }, { orphanedBlobs: 1 })
    await storage.commit([unitOf(entity, 2, { holds: [held] })])
    assert.equal((await storage.stats()).orphanedBlobs, 0)
    await expectSweep(storage, { now: now + 500, graceMs: 100 })
    await expectHeld(storage, held)
  },

  'the storage revives an orphan that is claimed again without its content': async ({ storage }) => {
    const held = hold('f', 'content')
    await storage.commit([unitOf(entity, 0, { holds: [held] })])
    await storage.commit([unitOf(entity, 1, { releases: [held] })])
    await expectSweep(storage, { now, graceMs: 100 }, { orphanedBlobs: 1 })
    await storage.commit([unitOf(entity, 2, { claims: [claimOf(held)] })])
    await expectSweep(storage, { now: now + 500, graceMs: 100 })
    await expectHeld(storage, held)
  },

  'the storage begins a new grace period for an orphan that is sent again without a claim': async ({
    storage,
  }) => {
    const blob = contentOf('unclaimed')
    await storage.commit([unitOf(entity, 0, { blobs: [blob] })])
    await expectSweep(storage, { now, graceMs: 100 }, { orphanedBlobs: 1 })
    await storage.commit([unitOf(entity, 1, { blobs: [blob] })])
    await expectSweep(storage, { now: now + 500, graceMs: 100 }, { orphanedBlobs: 1 })
    sameBytes(await storage.readBlob(entity.tenant, blob.hash), blob.bytes, 'the content')
  },

  'the storage begins a new grace period for an orphan that was revived': async ({ storage }) => {
    const held = hold('f', 'content')
    await storage.commit([unitOf(entity, 0, { holds: [held] })])
    await storage.commit([unitOf(entity, 1, { releases: [held] })])
    await expectSweep(storage, { now, graceMs: 100 }, { orphanedBlobs: 1 })
    await storage.commit([unitOf(entity, 2, { holds: [held] })])
    await storage.commit([unitOf(entity, 3, { releases: [held] })])
    await expectSweep(storage, { now: now + 500, graceMs: 100 }, { orphanedBlobs: 1 })
    await expectSweep(storage, { now: now + 600, graceMs: 100 }, { deletedBlobs: 1 })
  },

  'the storage deletes everything that is due, however small the batch': async ({ storage }) => {
    const holds = Array.from({ length: 7 }, (_, index) => hold(`f${index}`, `content ${index}`, now))
    await storage.commit([unitOf(entity, 0, { holds })])
    await expectSweep(storage, { now, batch: 2 }, { expiredRefs: 7, orphanedBlobs: 7, deletedBlobs: 7 })
    const { blobs, refs } = await storage.stats()
    assert.deepEqual({ blobs, refs }, { blobs: 0, refs: 0 })
  },

  'the storage frees the bytes that it says it frees': async ({ storage }) => {
    const holds = ['short', 'long '.repeat(5_000)].map((value, index) => hold(`f${index}`, value, now))
    await storage.commit([unitOf(entity, 0, { holds: [...holds, hold('kept', 'kept')] })])
    const before = await storage.stats()
    const { freedBytes } = await storage.sweep({ now })
    assert.equal((await storage.stats()).storedBytes, before.storedBytes - freedBytes)
  },

  'the storage deletes nothing once the sweep is aborted': async ({ storage }) => {
    const held = hold('f', 'content', now)
    await storage.commit([unitOf(entity, 0, { holds: [held] })])
    const { deletedBlobs } = await storage.sweep({ now, signal: AbortSignal.abort() })
    assert.equal(deletedBlobs, 0)
    sameBytes(await storage.readBlob(entity.tenant, held.hash), held.blob.bytes, 'the content')
  },

  'the storage leaves events and heads alone when it sweeps': async ({ storage }) => {
    const unit = unitOf(entity, 0, { events: 3, holds: [hold('f', 'content', now)] })
    await storage.commit([unit, unitOf(session('s-2'), 0, { deletes: true })])
    const heads = await storage.readHeads([entity, session('s-2')])
    await storage.sweep({ now })
    sameJson(await storage.readEvents(entity), unit.events, 'the events')
    sameJson(await storage.readHeads([entity, session('s-2')]), heads, 'the heads')
  },
})
