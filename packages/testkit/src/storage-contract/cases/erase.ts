// Erase: everything of one entity is gone for good, nothing of any other, and what is left says so to whoever asks.
import assert from 'node:assert/strict'
import { erasedAction, erasedEvent } from '@perdure/core'
import type { Storage } from '@perdure/core'
import type { ContractCase } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { committed, conflicted, sameBytes, sameJson } from '../check.ts'
import { claimOf, hold, session, snapshotAt, specHash, startOfTime, unitOf } from '../make-unit.ts'

const entity = session('s-1')
const neighbour = session('s-2')
const at = startOfTime + 1_000_000
const [own, shared, former] = [
  hold('own', 'mine alone'),
  hold('shared', 'of both'),
  hold('former', 'once mine'),
]

/** Two entities whose events alternate in the log; positions 1, 3, 4, 6 are those of the one to be erased. */
async function fill(storage: Storage): Promise<void> {
  await storage.commit([
    unitOf(entity, 0, {
      holds: [own, shared, former],
      events: [{ idempotencyKey: 'k', params: { former: 'once mine' } }],
    }),
  ])
  await storage.commit([unitOf(neighbour, 0, { holds: [shared], snapshot: snapshotAt(1) })])
  await storage.commit([unitOf(entity, 1, { events: 2, releases: [former], snapshot: snapshotAt(3) })])
  await storage.commit([unitOf(neighbour, 1)])
  await storage.commit([unitOf(entity, 3)])
}

export const eraseCases: readonly ContractCase[] = contractGroup('erase', {
  'the storage erases the events, the snapshot, the references and the contents of an entity, and counts them':
    async ({ storage }) => {
      await fill(storage)
      assert.deepEqual(await storage.erase(entity, { at, by: 'ops' }), {
        entity,
        erasedAt: at,
        erasedBy: 'ops',
        events: 4,
        snapshots: 1,
        references: 2,
        blobs: 1,
      })
      assert.equal(await storage.readBlob(entity.tenant, own.hash), undefined)
      assert.equal(await storage.findByIdempotencyKey(entity, 'k'), undefined)
      sameJson(await storage.findMissingClaims(entity, [claimOf(shared)]), [claimOf(shared)], 'the claims')
      const { events, snapshots, refs, blobs } = await storage.stats()
      assert.deepEqual({ events, snapshots, refs, blobs }, { events: 3, snapshots: 1, refs: 1, blobs: 1 })
    },

  'the storage erases what the entity had let go of before, unless it is to be left to a sweep': async ({
    storage,
  }) => {
    await fill(storage)
    await storage.erase(entity, { at, leaveOrphans: true })
    sameBytes(await storage.readBlob(entity.tenant, former.hash), former.blob.bytes, 'what is left')
    const other = session('s-3')
    await storage.commit([
      unitOf(other, 0, { holds: [former], events: [{ params: { former: 'once mine' } }] }),
    ])
    await storage.commit([unitOf(other, 1, { releases: [former] })])
    await storage.erase(other, { at })
    assert.equal(await storage.readBlob(entity.tenant, former.hash), undefined)
  },

  'the storage leaves content that another entity has let go of to a sweep, with its grace, when it erases one':
    async ({ storage }) => {
      const theirs = hold('theirs', 'of another')
      await fill(storage)
      await storage.commit([unitOf(neighbour, 2, { holds: [theirs] })])
      await storage.commit([unitOf(neighbour, 3, { releases: [theirs] })])
      await storage.erase(entity, { at })
      sameBytes(
        await storage.readBlob(entity.tenant, theirs.hash),
        theirs.blob.bytes,
        'what another has let go of',
      )
    },

  'the storage leaves every other entity as it was when it erases one': async ({ storage }) => {
    await fill(storage)
    const namesakes = [session('s-1', 'tenant-b'), { ...entity, type: 'Order' }]
    for (const each of namesakes) await storage.commit([unitOf(each, 0, { holds: [shared] })])
    const others = [neighbour, ...namesakes]
    const before = await Promise.all(others.map((each) => storage.load(each, { specHash })))
    await storage.erase(entity, { at })
    const after = await Promise.all(others.map((each) => storage.load(each, { specHash })))
    for (const [index, loaded] of after.entries()) {
      sameJson(loaded?.tail, before[index]?.tail, 'the events')
      sameJson(loaded?.head, before[index]?.head, 'the head')
      assert.equal(loaded?.snapshot?.sequence, before[index]?.snapshot?.sequence)
    }
    sameBytes(await storage.readBlob(entity.tenant, shared.hash), shared.blob.bytes, 'what another holds')
    sameJson(await storage.findMissingClaims(neighbour, [claimOf(shared)]), [], 'the claims of the neighbour')
  },

  'the storage keeps of an erased entity its head, deleted, at the next version, and one event': async ({
    storage,
  }) => {
    await fill(storage)
    await storage.erase(entity, { at })
    const head = { ...entity, version: 5, status: 'Deleted', updatedAt: at, deletedAt: at, erasedAt: at }
    const event = erasedEvent(entity, 5, at)
    sameJson(await storage.readHeads([entity]), [head], 'the head')
    sameJson((await storage.load(entity, { specHash }))?.head, head, 'the head loaded')
    sameJson((await storage.load(entity, { specHash }))?.tail, [event], 'the events loaded')
    sameJson(await storage.readEvents(entity), [event], 'the events read')
    sameJson(await storage.readEvents(entity, { toSequence: 4 }), [], 'the events before')
    const { tenant, type } = entity
    const listed = await storage.listEntities({ tenant, type, limit: 10 })
    assert.deepEqual(
      listed.map(({ id }) => id),
      ['s-2'],
    )
    sameJson(
      (await storage.listEntities({ tenant, type, limit: 10, includeDeleted: true }))[0],
      head,
      'the head listed',
    )
  },

  'the storage never gives out the id of an erased entity again': async ({ storage }) => {
    await fill(storage)
    await storage.erase(entity, { at })
    conflicted((await storage.commit([unitOf(entity, 0, { writer: 'again' })]))[0], 5)
    const onTop = (await storage.commit([unitOf(entity, 5)]))[0]
    assert.equal(onTop?.kind, 'refused')
  },

  'the storage answers a host that still has the entity with a conflict, and takes nothing from it': async ({
    storage,
  }) => {
    await fill(storage)
    await storage.erase(entity, { at })
    conflicted((await storage.commit([unitOf(entity, 4, { holds: [own] })]))[0], 5)
    await storage.saveSnapshot(entity, snapshotAt(4))
    await storage.saveSnapshot(entity, snapshotAt(5))
    assert.equal(await storage.restoreClaims(entity, 4, [claimOf(own)], [own.blob]), false)
    assert.equal((await storage.load(entity, { specHash }))?.snapshot, undefined)
    assert.equal(await storage.readBlob(entity.tenant, own.hash), undefined)
  },

  'the storage passes over erased positions when the log is read, and tells of the erasure at its end':
    async ({ storage }) => {
      await fill(storage)
      const seen = await storage.readLog({ after: 0n, limit: 2 })
      await storage.erase(entity, { at })
      const fresh = await storage.readLog({ after: 0n })
      assert.deepEqual(
        fresh.entries.map(({ position }) => position),
        [2n, 5n, 7n],
      )
      assert.deepEqual([fresh.seenUpTo, fresh.head], [7n, 7n])
      const onwards = await storage.readLog({ after: seen.seenUpTo })
      assert.deepEqual(
        onwards.entries.map(({ position, event }) => [position, event.action]),
        [
          [5n, 'Advance'],
          [7n, erasedAction],
        ],
      )
      assert.equal(committed((await storage.commit([unitOf(neighbour, 2)]))[0]), 8n)
    },

  'the storage does not take erased events for lost ones': async ({ storage }) => {
    await fill(storage)
    await storage.erase(entity, { at })
    const { findings, events, positions } = await storage.verify({ batch: 1 })
    const real = findings.filter(({ kind }) => kind !== 'unusable_snapshot')
    assert.deepEqual([real, events, positions], [[], 3, 7n])
  },

  'the storage answers a repeated erasure as the first time, and one of nobody with nothing': async ({
    storage,
  }) => {
    await fill(storage)
    const first = await storage.erase(entity, { at })
    assert.deepEqual(await storage.erase(entity, { at: at + 1, by: 'somebody else' }), first)
    assert.equal((await storage.stats()).lastPosition, 7n)
    assert.equal(await storage.erase(session('nobody'), { at }), undefined)
    assert.deepEqual(await storage.readHeads([session('nobody')]), [undefined])
  },

  'the storage erases a deleted entity too': async ({ storage }) => {
    await storage.commit([unitOf(entity, 0, { holds: [own] })])
    await storage.commit([unitOf(entity, 1, { deletes: true })])
    assert.equal((await storage.erase(entity, { at }))?.events, 2)
    assert.equal(await storage.readBlob(entity.tenant, own.hash), undefined)
    assert.deepEqual((await storage.verify()).findings, [])
  },

  'the storage loses nothing of others while it erases': async ({ storage }) => {
    await storage.commit([unitOf(entity, 0, { holds: [shared] })])
    const writers = [1, 2, 3].map(async (writer) => {
      for (let version = 0; version < 10; version++) {
        const each = session(`w-${writer}`)
        committed((await storage.commit([unitOf(each, version, { holds: [shared, hold('f', version)] })]))[0])
      }
    })
    await storage.erase(entity, { at })
    await Promise.all(writers)
    assert.deepEqual((await storage.verify()).findings, [])
    sameBytes(await storage.readBlob(entity.tenant, shared.hash), shared.blob.bytes, 'what the others hold')
  },
})
