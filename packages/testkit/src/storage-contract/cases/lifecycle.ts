// Life cycle: what a storage says of itself, and what remains when it is closed.
import assert from 'node:assert/strict'
import type { Storage, StorageCapabilities } from '@perdure/core'
import type { ContractCase } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { committed, conflicted, rejectsWith, sameBytes, sameJson } from '../check.ts'
import { claimOf, contentOf, hold, session, snapshotAt, specHash, startOfTime, unitOf } from '../make-unit.ts'

const entity = session('s-1')
const now = startOfTime + 1_000_000

/** Every method of the port, called with something it would take. */
const calls: Readonly<Record<string, (storage: Storage) => Promise<unknown>>> = {
  commit: (storage) => storage.commit([unitOf(entity, 0)]),
  'commit of nothing': (storage) => storage.commit([]),
  load: (storage) => storage.load(entity, { specHash }),
  readPage: (storage) => storage.readPage(entity, { fromSequence: 1, toSequence: 1 }),
  readEvents: (storage) => storage.readEvents(entity),
  findByIdempotencyKey: (storage) => storage.findByIdempotencyKey(entity, 'k'),
  readHeads: (storage) => storage.readHeads([entity]),
  readLog: (storage) => storage.readLog({ after: 0n }),
  watchLog: (storage) => storage.watchLog(),
  claimConsumer: (storage) => storage.claimConsumer({ name: 'c', owner: 'o', from: 0n, now, leaseMs: 1_000 }),
  advanceConsumer: (storage) =>
    storage.advanceConsumer({ name: 'c', epoch: 1, position: 0n, now, leaseMs: 1_000 }),
  failConsumer: (storage) =>
    storage.failConsumer({ name: 'c', epoch: 1, attempts: 1, error: 'it failed', now }),
  releaseConsumer: (storage) => storage.releaseConsumer('c', 1),
  listConsumers: (storage) => storage.listConsumers(),
  resetConsumer: (storage) => storage.resetConsumer('c', { now }),
  acquireLease: (storage) => storage.acquireLease({ host: 'h', leaseMs: 1_000 }),
  renewLease: (storage) => storage.renewLease(1),
  releaseLease: (storage) => storage.releaseLease(1),
  'readHeads of nobody': (storage) => storage.readHeads([]),
  listEntities: (storage) => storage.listEntities({ tenant: 'tenant-a', type: 'Session', limit: 1 }),
  readBlob: (storage) => storage.readBlob('tenant-a', contentOf(1).hash),
  findMissingClaims: (storage) => storage.findMissingClaims(entity, [claimOf(hold('f', 1))]),
  restoreClaims: (storage) => storage.restoreClaims(entity, 1, [], []),
  listAcrossTenants: (storage) => storage.listAcrossTenants({ type: 'Session', limit: 1 }),
  alignClaims: (storage) => storage.alignClaims(entity, 1, []),
  saveSnapshot: (storage) => storage.saveSnapshot(entity, snapshotAt(1)),
  sweep: (storage) => storage.sweep({ now }),
  prune: (storage) => storage.prune({ now }),
  stats: (storage) => storage.stats(),
  erase: (storage) => storage.erase(entity, { at: now }),
  verify: (storage) => storage.verify(),
}

const always: readonly ContractCase[] = contractGroup('life cycle', {
  'the storage says of itself what it was adopted with': async ({ storage }, { off }) => {
    for (const flag of ['durable', 'survivesPowerLoss', 'shared'] satisfies (keyof StorageCapabilities)[])
      assert.equal(storage.capabilities[flag], off[flag] === undefined, `capabilities.${flag}`)
  },

  'the storage counts nothing while it is empty': async ({ storage }) => {
    assert.deepEqual(await storage.stats(), {
      entities: 0,
      events: 0,
      snapshots: 0,
      blobs: 0,
      orphanedBlobs: 0,
      refs: 0,
      referencedBytes: 0,
      referencedBlobBytes: 0,
      blobBytes: 0,
      storedBytes: 0,
      lastPosition: 0n,
    })
  },

  'the storage counts exactly what it holds': async ({ storage }) => {
    const [small, large, ending] = [
      hold('f', 'small'),
      hold('g', 'large '.repeat(1_000)),
      hold('h', 'ending', now),
    ]
    await storage.commit([
      unitOf(session('s-1'), 0, { events: 3, holds: [small, large], snapshot: snapshotAt(2) }),
      unitOf(session('s-2'), 0, { holds: [small, ending] }),
      unitOf(session('s-1', 'tenant-b'), 0, { holds: [small] }),
    ])
    await storage.commit([unitOf(session('s-2'), 1, { deletes: true })])
    await storage.sweep({ now, graceMs: 1_000 })
    const { storedBytes, ...stats } = await storage.stats()
    assert.deepEqual(stats, {
      entities: 3,
      events: 6,
      snapshots: 1,
      blobs: 4,
      orphanedBlobs: 1,
      refs: 4,
      referencedBytes: 3 * small.blob.size + large.blob.size,
      referencedBlobBytes: 2 * small.blob.size + large.blob.size,
      blobBytes: 2 * small.blob.size + large.blob.size + ending.blob.size,
      lastPosition: 6n,
    })
    assert.ok(
      storedBytes > 0 && storedBytes <= stats.blobBytes,
      `${storedBytes} bytes at rest of ${stats.blobBytes}`,
    )
  },

  'the storage counts a blob as orphaned once a sweep has marked it, not before': async ({ storage }) => {
    const held = hold('f', 'content')
    await storage.commit([unitOf(entity, 0, { holds: [held] })])
    await storage.commit([unitOf(entity, 1, { releases: [held] })])
    assert.equal((await storage.stats()).orphanedBlobs, 0)
    await storage.sweep({ now, graceMs: 1_000 })
    assert.equal((await storage.stats()).orphanedBlobs, 1)
  },

  'the storage answers every call with storage_closed once it is closed': async ({ storage }) => {
    await storage.commit([unitOf(entity, 0)])
    await storage.close()
    for (const [name, call] of Object.entries(calls)) await rejectsWith(call(storage), 'storage_closed', name)
  },

  'the storage may be closed more than once': async ({ storage }) => {
    await Promise.all([storage.close(), storage.close()])
    await storage.close()
  },
})

const afterReopening: readonly ContractCase[] = contractGroup(
  'life cycle',
  {
    'the storage keeps everything when it is opened again': async (subject) => {
      const { storage } = subject
      const [kept, orphan] = [hold('f', 'kept'), hold('g', 'orphan')]
      const unit = unitOf(entity, 0, {
        events: [{ idempotencyKey: 'k' }, {}, {}],
        holds: [kept, orphan],
        snapshot: snapshotAt(2),
      })
      await storage.commit([unit])
      await storage.commit([
        unitOf(session('s-2'), 0, { deletes: true }),
        unitOf(entity, 3, { releases: [orphan] }),
      ])
      await storage.sweep({ now, graceMs: 100 })
      const before = {
        stats: await storage.stats(),
        heads: await storage.readHeads([entity, session('s-2')]),
      }

      assert.ok(subject.reopen, 'a durable storage is adopted with reopen')
      const again = await subject.reopen()
      assert.deepEqual(await again.stats(), before.stats)
      sameJson(await again.readHeads([entity, session('s-2')]), before.heads, 'the heads')
      sameJson((await again.readEvents(entity)).slice(0, 3), unit.events, 'the events')
      sameJson(await again.findByIdempotencyKey(entity, 'k'), unit.events[0], 'the event found by key')
      sameBytes(
        (await again.load(entity, { specHash }))?.snapshot?.bytes,
        snapshotAt(2).bytes,
        'the snapshot',
      )
      sameBytes(await again.readBlob('tenant-a', kept.hash), kept.blob.bytes, 'the blob')
      sameJson(await again.findMissingClaims(entity, [claimOf(kept)]), [], 'the missing claims')
      assert.equal((await again.sweep({ now: now + 100, graceMs: 100 })).deletedBlobs, 1)
    },

    'the storage goes on where it was when it is opened again': async (subject) => {
      const unit = unitOf(entity, 0, { events: 3 })
      await subject.storage.commit([unit])
      assert.ok(subject.reopen, 'a durable storage is adopted with reopen')
      const again = await subject.reopen()
      assert.equal(committed((await again.commit([unit]))[0]), 1n)
      conflicted((await again.commit([unitOf(entity, 0, { writer: 'rival' })]))[0], 3)
      assert.equal(committed((await again.commit([unitOf(entity, 3)]))[0]), 4n)
    },
  },
  'durable',
)

export const lifecycleCases: readonly ContractCase[] = [...always, ...afterReopening]
