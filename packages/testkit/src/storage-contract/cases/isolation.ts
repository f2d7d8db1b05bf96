// Isolation: equal ids of different tenants and types, and ids that look alike, are different entities.
import assert from 'node:assert/strict'
import type { EntityKey, Storage } from '@perdure/core'
import type { ContractCase } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { committed, conflicted, sameBytes, sameJson } from '../check.ts'
import { claimOf, hold, session, snapshotAt, specHash, startOfTime, unitOf } from '../make-unit.ts'

/** Writes something different to each entity and finds each as if the others were not there. */
async function expectApart(storage: Storage, entities: readonly EntityKey[]): Promise<void> {
  const units = entities.map((entity, index) =>
    unitOf(entity, 0, {
      events: [{ idempotencyKey: 'k', params: { index } }, ...Array.from({ length: index }, () => ({}))],
      holds: [hold('f', index)],
      snapshot: snapshotAt(1, `maker ${index}`),
    }),
  )
  for (const result of await storage.commit(units)) committed(result)
  const heads = await storage.readHeads(entities)
  for (const [index, unit] of units.entries()) {
    const { entity, claims, events } = unit
    const { version, tenant, type, id } = heads[index] ?? {}
    sameJson({ version, tenant, type, id }, { version: index + 1, ...entity }, 'the head')
    sameJson(await storage.readEvents(entity), events, 'the events')
    sameJson(await storage.findByIdempotencyKey(entity, 'k'), events[0], 'the event found by key')
    sameJson(await storage.findMissingClaims(entity, claims), [], 'the missing claims')
    const others = units.filter((other) => other !== unit).flatMap((other) => other.claims)
    sameJson(await storage.findMissingClaims(entity, others), others, 'the claims of others')
    const snapshot = (await storage.load(entity, { specHash }))?.snapshot
    sameBytes(snapshot?.bytes, snapshotAt(1, `maker ${index}`).bytes, 'the snapshot')
  }
}

const oddIds = [
  's-1',
  'S-1',
  ' s-1',
  's-1 ',
  's_1',
  's%1',
  "s'1",
  's"1',
  's\\1',
  's`1',
  '$1',
  ':id',
  '?',
  's-1\n',
  's\t1',
  '\u0001',
  'null',
  'NULL',
  '0',
  '00',
  "x'; drop table events; --",
  '{a,b}',
  '(a,b)',
  '../../etc/passwd',
  'é',
  'e\u0301',
  '\u00c5',
  '\u212b',
  'ß',
  'ss',
  'אבג',
  '😀',
  '__proto__',
  'x'.repeat(254),
  'x'.repeat(255),
  `${'x'.repeat(254)}y`,
  '☃'.repeat(85),
]

export const isolationCases: readonly ContractCase[] = contractGroup('isolation', {
  'the storage keeps equal ids of different tenants apart': ({ storage }) =>
    expectApart(
      storage,
      ['tenant-a', 'tenant-b', 'Tenant-A', 'tenant'].map((tenant) => session('s-1', tenant)),
    ),

  'the storage keeps equal ids of different types apart': ({ storage }) =>
    expectApart(
      storage,
      ['Session', 'session', 'Sessions', 'Order'].map((type) => ({ tenant: 'tenant-a', type, id: 's-1' })),
    ),

  'the storage keeps names apart that would be equal when joined': ({ storage }) =>
    expectApart(storage, [
      { tenant: 'a', type: 'B', id: 'c' },
      { tenant: 'a', type: 'Bc', id: 'c' },
      { tenant: 'aB', type: 'B', id: 'c' },
      { tenant: 'a/B', type: 'B', id: 'c' },
      { tenant: 'a', type: 'B', id: 'B/c' },
      { tenant: 'a:B', type: 'B', id: 'c' },
      { tenant: 'a', type: 'B', id: 'B:c' },
      { tenant: 'a","B', type: 'B', id: 'c' },
      { tenant: 'a', type: 'B', id: 'B","c' },
    ]),

  'the storage keeps odd ids apart': ({ storage }) =>
    expectApart(
      storage,
      oddIds.map((id) => session(id)),
    ),

  'the storage lists odd ids as they were given': async ({ storage }) => {
    await storage.commit(oddIds.map((id) => unitOf(session(id), 0)))
    const listed = await storage.listEntities({ tenant: 'tenant-a', type: 'Session', limit: 1_000 })
    assert.deepEqual(listed.map((head) => head.id).sort(), [...oddIds].sort())
  },

  'the storage keeps odd tenants apart': ({ storage }) =>
    expectApart(
      storage,
      oddIds.map((tenant) => session('s-1', tenant)),
    ),

  'the storage judges conflicts within the tenant': async ({ storage }) => {
    await storage.commit([unitOf(session('s-1', 'tenant-a'), 0, { events: 4 })])
    conflicted((await storage.commit([unitOf(session('s-1', 'tenant-b'), 4)]))[0], 0)
    committed((await storage.commit([unitOf(session('s-1', 'tenant-b'), 0)]))[0])
  },

  'the storage sweeps, releases and restores within the tenant': async ({ storage }) => {
    const [mine, theirs] = [session('s-1', 'tenant-a'), session('s-1', 'tenant-b')]
    const held = hold('f', 'same content')
    await storage.commit([unitOf(mine, 0, { holds: [held] }), unitOf(theirs, 0, { holds: [held] })])
    await storage.commit([unitOf(mine, 1, { releases: [held] })])
    assert.equal((await storage.sweep({ now: startOfTime * 2 })).deletedBlobs, 1)
    sameJson(await storage.findMissingClaims(theirs, [claimOf(held)]), [], 'the missing claims')
    sameJson(await storage.findMissingClaims(mine, [claimOf(held)]), [claimOf(held)], 'the missing claims')
    await storage.restoreClaims(mine, 2, [claimOf(held)], [])
    assert.equal(await storage.readBlob('tenant-a', held.hash), undefined)
  },
})
