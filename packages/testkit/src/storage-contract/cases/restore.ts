// Restore: replay puts back what the current state refers to, idempotently, and only while the state is current.
import assert from 'node:assert/strict'
import type { ContractCase } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { sameBytes, sameJson } from '../check.ts'
import { claimOf, hold, session, startOfTime, unitOf } from '../make-unit.ts'

const now = startOfTime + 1_000_000
const entity = session('s-1')

export const restoreCases: readonly ContractCase[] = contractGroup('restore', {
  'the storage puts back a blob and the reference to it': async ({ storage }) => {
    const held = hold('f', 'content')
    await storage.commit([unitOf(entity, 0, { events: 2 })])
    assert.equal(await storage.restoreClaims(entity, 2, [claimOf(held)], [held.blob]), true)
    sameBytes(await storage.readBlob(entity.tenant, held.hash), held.blob.bytes, 'the content')
    sameJson(await storage.findMissingClaims(entity, [claimOf(held)]), [], 'the missing claims')
    await storage.sweep({ now: now * 2 })
    sameBytes(await storage.readBlob(entity.tenant, held.hash), held.blob.bytes, 'the content after a sweep')
  },

  'the storage changes nothing when a claim is restored twice': async ({ storage }) => {
    const held = hold('f', 'content')
    await storage.commit([unitOf(entity, 0)])
    await storage.restoreClaims(entity, 1, [claimOf(held)], [held.blob])
    const before = await storage.stats()
    assert.equal(await storage.restoreClaims(entity, 1, [claimOf(held)], [held.blob]), true)
    assert.deepEqual(await storage.stats(), before)
  },

  'the storage keeps the expiry of a reference that is there already': async ({ storage }) => {
    const held = hold('f', 'content', now)
    await storage.commit([unitOf(entity, 0, { holds: [held] })])
    await storage.restoreClaims(entity, 1, [{ field: 'f', hash: held.hash }], [held.blob])
    await storage.restoreClaims(entity, 1, [{ field: 'f', hash: held.hash, expiresAt: now + 100 }], [])
    assert.equal((await storage.sweep({ now })).expiredRefs, 1)
  },

  'the storage gives a restored reference its expiry': async ({ storage }) => {
    const held = hold('f', 'content', now)
    await storage.commit([unitOf(entity, 0)])
    await storage.restoreClaims(entity, 1, [claimOf(held)], [held.blob])
    assert.equal((await storage.sweep({ now: now - 1 })).expiredRefs, 0)
    assert.equal((await storage.sweep({ now })).expiredRefs, 1)
  },

  'the storage restores nothing once the entity has moved on': async ({ storage }) => {
    const held = hold('f', 'content')
    await storage.commit([unitOf(entity, 0, { events: 3 })])
    const before = await storage.stats()
    for (const version of [0, 2, 4])
      assert.equal(await storage.restoreClaims(entity, version, [claimOf(held)], [held.blob]), false)
    assert.equal(await storage.restoreClaims(session('nobody'), 0, [claimOf(held)], [held.blob]), false)
    assert.equal(await storage.restoreClaims(session('nobody'), 1, [claimOf(held)], [held.blob]), false)
    assert.deepEqual(await storage.stats(), before)
    assert.equal(await storage.readBlob(entity.tenant, held.hash), undefined)
  },

  'the storage revives an orphan that is restored': async ({ storage }) => {
    const held = hold('f', 'content')
    await storage.commit([unitOf(entity, 0, { holds: [held] })])
    await storage.commit([unitOf(entity, 1, { releases: [held] })])
    await storage.sweep({ now, graceMs: 100 })
    assert.equal(await storage.restoreClaims(entity, 2, [claimOf(held)], []), true)
    assert.equal((await storage.stats()).orphanedBlobs, 0)
    await storage.sweep({ now: now + 500, graceMs: 100 })
    sameBytes(await storage.readBlob(entity.tenant, held.hash), held.blob.bytes, 'the content')
  },

  'the storage restores what others hold without touching their references': async ({ storage }) => {
    const held = hold('f', 'content', now)
    await storage.commit([unitOf(session('other'), 0, { holds: [held] }), unitOf(entity, 0)])
    assert.equal(await storage.restoreClaims(entity, 1, [{ field: 'f', hash: held.hash }], [held.blob]), true)
    const { blobs, refs } = await storage.stats()
    assert.deepEqual({ blobs, refs }, { blobs: 1, refs: 2 })
    assert.equal((await storage.sweep({ now })).expiredRefs, 1)
    sameBytes(await storage.readBlob(entity.tenant, held.hash), held.blob.bytes, 'the content')
  },

  'the storage leaves out a restored claim whose content is neither stored nor given': async ({
    storage,
  }) => {
    const [lost, found] = [hold('f', 'lost'), hold('g', 'found')]
    await storage.commit([unitOf(entity, 0)])
    assert.equal(await storage.restoreClaims(entity, 1, [lost, found].map(claimOf), [found.blob]), true)
    sameJson(
      await storage.findMissingClaims(entity, [lost, found].map(claimOf)),
      [claimOf(lost)],
      'the missing claims',
    )
    assert.equal((await storage.stats()).refs, 1)
  },

  'the storage restores a claim or a rival commits, never both': async ({ storage }) => {
    const entities = Array.from({ length: 20 }, (_, index) => session(`s-${index}`))
    await storage.commit(entities.map((entity) => unitOf(entity, 0)))
    await Promise.all(
      entities.map(async (entity, index) => {
        const held = hold('f', `content ${index}`)
        const [restored] = await Promise.all([
          storage.restoreClaims(entity, 1, [claimOf(held)], [held.blob]),
          storage.commit([unitOf(entity, 1, { releases: [held] })]),
        ])
        const missing = await storage.findMissingClaims(entity, [claimOf(held)])
        assert.equal(
          missing.length,
          1,
          `a claim ${restored ? 'restored' : 'refused'} after the release is still there`,
        )
      }),
    )
  },
})
