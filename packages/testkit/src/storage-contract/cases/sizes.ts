// Sizes: many of everything in one call. Drivers that number their parameters wrap at 65,536.
import assert from 'node:assert/strict'
import type { ContractCase } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { committed, conflicted, sameBytes, sameJson } from '../check.ts'
import { loadWhole } from '../load-whole.ts'
import { contentOf, hold, session, specHash, unitOf } from '../make-unit.ts'

/** More rows than fit one statement at three or more parameters a row. */
const beyondParameters = 22_000

export const sizeCases: readonly ContractCase[] = contractGroup('size', {
  'the storage takes 1,000 events in one unit': async ({ storage }) => {
    const unit = unitOf(session('s-1'), 0, { events: 1_000 })
    assert.equal(committed((await storage.commit([unit]))[0]), 1n)
    sameJson(await storage.readEvents(unit.entity), unit.events, 'the events')
    sameJson((await loadWhole(storage, unit.entity, { specHash }))?.tail, unit.events, 'the tail')
  },

  'the storage takes 1,000 units in one commit': async ({ storage }) => {
    const units = Array.from({ length: 1_000 }, (_, index) => {
      const held = hold('f', index % 100)
      return unitOf(session(`s-${index}`), 0, { events: 1 + (index % 2), holds: [held] })
    })
    for (const result of await storage.commit(units)) committed(result)
    const { entities, events, blobs, refs } = await storage.stats()
    assert.deepEqual(
      { entities, events, blobs, refs },
      { entities: 1_000, events: 1_500, blobs: 100, refs: 1_000 },
    )
  },

  'the storage takes a commit of more rows than a statement has parameters': async ({ storage }) => {
    const units = Array.from({ length: 6_000 }, (_, index) => unitOf(session(`s-${index}`), 0))
    const results = await storage.commit(units)
    assert.equal(new Set(results.map(committed)).size, 6_000)
    const entities = [
      ...units.map((unit) => unit.entity),
      ...Array.from({ length: beyondParameters }, (_, index) => session(`n-${index}`)),
    ]
    const heads = await storage.readHeads(entities)
    assert.equal(heads.length, entities.length)
    assert.equal(heads.filter((head) => head?.version === 1).length, 6_000)
    assert.equal(heads[5_999]?.id, 's-5999')
  },

  'the storage takes a unit of more claims than a statement has parameters': async ({ storage }) => {
    const { hash } = contentOf('shared')
    const claims = Array.from({ length: beyondParameters }, (_, index) => ({ field: `f${index}`, hash }))
    committed(
      (await storage.commit([unitOf(session('s-1'), 0, { claims, blobs: [contentOf('shared')] })]))[0],
    )
    sameJson(await storage.findMissingClaims(session('s-1'), claims), [], 'the missing claims')
    committed((await storage.commit([unitOf(session('s-1'), 1, { releases: claims.slice(1) })]))[0])
    assert.equal((await storage.stats()).refs, 1)
  },

  'the storage finds the few conflicts among many units': async ({ storage }) => {
    await storage.commit(Array.from({ length: 10 }, (_, index) => unitOf(session(`s-${index * 50}`), 0)))
    const results = await storage.commit(
      Array.from({ length: 500 }, (_, index) => unitOf(session(`s-${index}`), 0, { writer: 'late' })),
    )
    for (const [index, result] of results.entries())
      if (index % 50 === 0) conflicted(result, 1)
      else committed(result)
    assert.equal((await storage.stats()).lastPosition, 500n)
  },

  'the storage takes an event of 8 MiB': async ({ storage }) => {
    const unit = unitOf(session('s-1'), 0, { events: [{ params: { text: 'x'.repeat(8 << 20) } }] })
    committed((await storage.commit([unit]))[0])
    sameJson(await storage.readEvents(unit.entity), unit.events, 'the events')
  },

  'the storage takes a blob of 8 MiB': async ({ storage }) => {
    const held = hold(
      'f',
      Array.from({ length: 1 << 20 }, (_, index) => (index * 7_919) % 999_983),
    )
    committed((await storage.commit([unitOf(session('s-1'), 0, { holds: [held] })]))[0])
    sameBytes(await storage.readBlob('tenant-a', held.hash), held.blob.bytes, 'the blob')
  },

  'the storage lists and sweeps thousands': async ({ storage }) => {
    const units = Array.from({ length: 2_000 }, (_, index) =>
      unitOf(session(`s-${index}`), 0, { holds: [hold('f', index, 1)] }),
    )
    await storage.commit(units)
    const listed = await storage.listEntities({ tenant: 'tenant-a', type: 'Session', limit: 5_000 })
    assert.equal(listed.length, 2_000)
    const { expiredRefs, orphanedBlobs, deletedBlobs } = await storage.sweep({ now: 1 })
    assert.deepEqual(
      { expiredRefs, orphanedBlobs, deletedBlobs },
      { expiredRefs: 2_000, orphanedBlobs: 2_000, deletedBlobs: 2_000 },
    )
  },
})
