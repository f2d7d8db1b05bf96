// Load: what an activation needs, consistent with itself.
import assert from 'node:assert/strict'
import type { Storage } from '@perdure/core'
import type { ContractCase } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { sameBytes, sameJson } from '../check.ts'
import { eventsOf, loadWhole, readTail } from '../load-whole.ts'
import { otherSpecHash, session, snapshotAt, specHash, startOfTime, unitOf } from '../make-unit.ts'

/** More than anybody should send at once. */
const manyEvents = 5_000

/** Loads and fails unless the tail runs from the snapshot to the head. */
async function loadTail(storage: Storage, underSpec: string): Promise<readonly number[]> {
  const loaded = await storage.load(session('s-1'), { specHash: underSpec })
  assert.ok(loaded, 'the entity is found')
  const first = (loaded.snapshot?.sequence ?? 0) + 1
  assert.ok(first <= loaded.head.version + 1, 'the snapshot is not ahead of the head')
  const tail = await readTail(storage, session('s-1'), loaded)
  const sequences = tail.map((event) => event.sequence)
  assert.deepEqual(
    sequences,
    Array.from({ length: loaded.head.version - first + 1 }, (_, index) => first + index),
  )
  return sequences
}

export const loadCases: readonly ContractCase[] = contractGroup('load', {
  'the storage loads nothing for an entity that was never created': async ({ storage }) => {
    await storage.commit([unitOf(session('s-2'), 0)])
    assert.equal(await storage.load(session('s-1'), { specHash }), undefined)
  },

  'the storage loads the head and every event when there is no snapshot': async ({ storage }) => {
    const unit = unitOf(session('s-1'), 0, { events: 3, status: 'Waiting' })
    await storage.commit([unit])
    const loaded = await storage.load(unit.entity, { specHash })
    sameJson(loaded?.head, (await storage.readHeads([unit.entity]))[0], 'the head')
    sameJson(loaded?.tail, unit.events, 'the tail')
    assert.equal(loaded?.snapshot, undefined)
  },

  'the storage loads the snapshot and the events after it': async ({ storage }) => {
    await storage.commit([unitOf(session('s-1'), 0, { events: 5, snapshot: snapshotAt(3) })])
    await storage.commit([unitOf(session('s-1'), 5, { events: 2 })])
    assert.deepEqual(await loadTail(storage, specHash), [4, 5, 6, 7])
    const snapshot = (await storage.load(session('s-1'), { specHash }))?.snapshot
    assert.equal(snapshot?.sequence, 3)
    assert.equal(snapshot.specHash, specHash)
    sameBytes(snapshot.bytes, snapshotAt(3).bytes, 'the snapshot')
  },

  'the storage loads an empty tail when the snapshot is at the head': async ({ storage }) => {
    await storage.commit([unitOf(session('s-1'), 0, { events: 4, snapshot: snapshotAt(4) })])
    assert.deepEqual(await loadTail(storage, specHash), [])
  },

  'the storage ignores a snapshot of another spec': async ({ storage }) => {
    await storage.commit([
      unitOf(session('s-1'), 0, { events: 4, snapshot: snapshotAt(3, 'w', otherSpecHash) }),
    ])
    assert.deepEqual(await loadTail(storage, specHash), [1, 2, 3, 4])
    assert.deepEqual(await loadTail(storage, otherSpecHash), [4])
  },

  'the storage loads a deleted entity with deletedAt': async ({ storage }) => {
    const unit = unitOf(session('s-1'), 0, { events: 3, deletes: true })
    await storage.commit([unit])
    const loaded = await storage.load(unit.entity, { specHash })
    assert.equal(loaded?.head.deletedAt, unit.deletedAt)
    assert.equal(loaded?.head.version, 3)
    sameJson(loaded.tail, unit.events, 'the tail')
  },

  'the storage loads a whole that fits together while others commit': async ({ storage }) => {
    await storage.commit([unitOf(session('s-1'), 0)])
    const writing = (async () => {
      for (let version = 1; version <= 20; version++) {
        const part = version % 4 === 0 ? { snapshot: snapshotAt(version + 1) } : {}
        await storage.commit([unitOf(session('s-1'), version, part)])
      }
    })()
    const loading = Array.from({ length: 20 }, () => loadTail(storage, specHash))
    await Promise.all([writing, ...loading])
    assert.deepEqual(await loadTail(storage, specHash), [])
  },

  'the storage reads a long tail on, page by page, to the head that was loaded, whatever is committed meanwhile':
    async ({ storage }) => {
      const unit = unitOf(session('s-1'), 0, { events: manyEvents })
      await storage.commit([unit])
      const loaded = await storage.load(unit.entity, { specHash })
      assert.ok(loaded, 'the entity is found')
      await storage.commit([unitOf(unit.entity, manyEvents, { snapshot: snapshotAt(manyEvents + 1) })])
      sameJson(await readTail(storage, unit.entity, loaded), unit.events, 'the tail')
    },

  'the storage reads a page from any sequence on, decoded however late, and not beyond its end': async ({
    storage,
  }) => {
    const unit = unitOf(session('s-1'), 0, { events: 10 })
    await storage.commit([unit])
    for (const [from, to] of [
      [1, 10],
      [4, 6],
      [10, 10],
    ] as const) {
      const page = await storage.readPage(unit.entity, { fromSequence: from, toSequence: to })
      assert.ok(page, 'there is a page')
      assert.ok(page.last >= from && page.last <= to, `a page of ${from} to ${to} ends at ${page.last}`)
      sameJson(await eventsOf(page), unit.events.slice(from - 1, page.last), 'the events')
    }
    const early = await storage.readPage(unit.entity, { fromSequence: 1, toSequence: 10 })
    await storage.erase(unit.entity, { at: startOfTime })
    sameJson(await eventsOf(early), unit.events.slice(0, early?.last), 'the events read before')
  },

  'the storage says that the events of a page are gone when the entity was erased between two': async ({
    storage,
  }) => {
    const unit = unitOf(session('s-1'), 0, { events: manyEvents })
    await storage.commit([unit])
    const range = { fromSequence: 2, toSequence: manyEvents }
    const page = await storage.readPage(unit.entity, range)
    assert.ok(page && page.last < manyEvents, 'so many events are several pages')
    await storage.erase(unit.entity, { at: startOfTime })
    assert.equal(await storage.readPage(unit.entity, { ...range, fromSequence: page.last + 1 }), undefined)
    assert.equal(await storage.readPage(unit.entity, range), undefined)
    assert.equal((await loadWhole(storage, unit.entity, { specHash }))?.head.erasedAt, startOfTime)
  },
})
