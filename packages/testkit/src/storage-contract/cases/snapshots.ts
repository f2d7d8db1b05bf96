// Snapshots: the newest one an entity, never ahead of its head.
import assert from 'node:assert/strict'
import type { Storage } from '@perdure/core'
import type { ContractCase } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { sameBytes } from '../check.ts'
import { otherSpecHash, session, snapshotAt, specHash, unitOf } from '../make-unit.ts'

async function expectSnapshot(
  storage: Storage,
  id: string,
  sequence: number | undefined,
  maker = 'w',
): Promise<void> {
  const snapshot = (await storage.load(session(id), { specHash }))?.snapshot
  assert.equal(snapshot?.sequence, sequence)
  if (sequence !== undefined)
    sameBytes(snapshot?.bytes, snapshotAt(sequence, maker).bytes, `the snapshot at ${sequence}`)
}

export const snapshotCases: readonly ContractCase[] = contractGroup('snapshot', {
  'the storage keeps the newest snapshot, whatever the order they come in': async ({ storage }) => {
    const orders = [
      [2, 3, 4],
      [2, 4, 3],
      [3, 2, 4],
      [3, 4, 2],
      [4, 2, 3],
      [4, 3, 2],
    ]
    for (const [index, order] of orders.entries()) {
      const id = `s-${index}`
      await storage.commit([unitOf(session(id), 0, { events: 5 })])
      for (const sequence of order) await storage.saveSnapshot(session(id), snapshotAt(sequence))
      await expectSnapshot(storage, id, 4)
    }
    assert.equal((await storage.stats()).snapshots, orders.length)
  },

  'the storage keeps the newest of snapshots saved at once': async ({ storage }) => {
    await storage.commit([unitOf(session('s-1'), 0, { events: 12 })])
    const sequences = [5, 11, 2, 7, 12, 1, 9]
    await Promise.all(sequences.map((sequence) => storage.saveSnapshot(session('s-1'), snapshotAt(sequence))))
    await expectSnapshot(storage, 's-1', 12)
  },

  'the storage keeps the stored snapshot against another at its sequence': async ({ storage }) => {
    await storage.commit([unitOf(session('s-1'), 0, { events: 3, snapshot: snapshotAt(2, 'first') })])
    await storage.saveSnapshot(session('s-1'), snapshotAt(2, 'second'))
    await expectSnapshot(storage, 's-1', 2, 'first')
  },

  'the storage replaces the stored snapshot by one of another spec at its sequence': async ({ storage }) => {
    const [old, fresh] = [snapshotAt(2, 'old'), snapshotAt(2, 'fresh', otherSpecHash)]
    await storage.commit([unitOf(session('s-1'), 0, { events: 3, snapshot: old })])
    await storage.saveSnapshot(session('s-1'), fresh)
    await expectSnapshot(storage, 's-1', undefined)
    const loaded = await storage.load(session('s-1'), { specHash: otherSpecHash })
    sameBytes(loaded?.snapshot?.bytes, fresh.bytes, 'the snapshot of the other spec')
    // An older one is still the older one, whatever its spec.
    await storage.saveSnapshot(session('s-1'), snapshotAt(1, 'older'))
    await expectSnapshot(storage, 's-1', undefined)
  },

  'the storage replaces a snapshot in a commit only by a newer one': async ({ storage }) => {
    await storage.commit([unitOf(session('s-1'), 0, { events: 3, snapshot: snapshotAt(3) })])
    await storage.commit([unitOf(session('s-1'), 3, { snapshot: snapshotAt(2) })])
    await expectSnapshot(storage, 's-1', 3)
    await storage.commit([unitOf(session('s-1'), 4, { snapshot: snapshotAt(5) })])
    await expectSnapshot(storage, 's-1', 5)
  },

  'the storage ignores a snapshot ahead of the head': async ({ storage }) => {
    await storage.commit([unitOf(session('s-1'), 0, { events: 3 })])
    await storage.saveSnapshot(session('s-1'), snapshotAt(4))
    await expectSnapshot(storage, 's-1', undefined)
    await storage.saveSnapshot(session('s-1'), snapshotAt(3))
    await storage.saveSnapshot(session('s-1'), snapshotAt(1_000))
    await expectSnapshot(storage, 's-1', 3)
  },

  'the storage never loads a snapshot ahead of the head that came with a commit': async ({ storage }) => {
    await storage.commit([unitOf(session('s-1'), 0)])
    await storage.commit([unitOf(session('s-1'), 1, { snapshot: snapshotAt(9) })])
    await expectSnapshot(storage, 's-1', undefined)
  },

  'the storage ignores a snapshot of an entity that does not exist': async ({ storage }) => {
    await storage.saveSnapshot(session('nobody'), snapshotAt(1))
    assert.equal(await storage.load(session('nobody'), { specHash }), undefined)
    assert.equal((await storage.stats()).snapshots, 0)
    await storage.commit([unitOf(session('nobody'), 0)])
    await expectSnapshot(storage, 'nobody', undefined)
  },

  'the storage gives back the bytes of a snapshot as they were': async ({ storage }) => {
    const everyByte = Uint8Array.from({ length: 1 << 20 }, (_, index) => (index * 31 + (index >> 8)) & 255)
    const contents = [new Uint8Array(0), Uint8Array.of(0), everyByte.subarray(0, 256), everyByte]
    await storage.commit([unitOf(session('s-1'), 0, { events: contents.length })])
    for (const [index, bytes] of contents.entries()) {
      await storage.saveSnapshot(session('s-1'), { sequence: index + 1, specHash, bytes })
      const loaded = await storage.load(session('s-1'), { specHash })
      sameBytes(loaded?.snapshot?.bytes, bytes, `a snapshot of ${bytes.length} bytes`)
    }
  },
})
