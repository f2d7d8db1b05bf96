// Leases: a host has one while it renews it, and an entity belongs to the lease its last event was committed under.
import assert from 'node:assert/strict'
import type { Storage } from '@perdure/core'
import type { ContractCase } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { committed, conflicted } from '../check.ts'
import { session, specHash, unitOf } from '../make-unit.ts'

const leaseMs = 5_000

async function ownerOf(storage: Storage, id: string): Promise<number | undefined> {
  const entity = session(id)
  const [head] = await storage.readHeads([entity])
  const loaded = await storage.load(entity, { specHash })
  assert.equal(loaded?.head.owner, head?.owner, 'the owner as loaded, and of the head')
  return head?.owner
}

export const leaseCases: readonly ContractCase[] = contractGroup('lease', {
  'the storage gives every host a lease of its own, under a number that grows': async ({ storage }) => {
    const first = await storage.acquireLease({ host: 'a', leaseMs })
    const second = await storage.acquireLease({ host: 'b', leaseMs: 9_000 })
    assert.ok(second.lease > first.lease, `${second.lease} should be above ${first.lease}`)
    assert.deepEqual({ ...first, lease: 0 }, { lease: 0, host: 'a', beat: first.beat, leaseMs })
    assert.deepEqual(
      (await storage.renewLease(second.lease)).map(({ lease, host, leaseMs: its }) => [lease, host, its]),
      [
        [first.lease, 'a', leaseMs],
        [second.lease, 'b', 9_000],
      ],
    )
    assert.ok(await storage.releaseLease(second.lease))
    const { lease: third } = await storage.acquireLease({ host: 'b', leaseMs })
    assert.ok(third > second.lease, 'a number should not be given twice')
  },

  'the storage ends the older lease of a host that takes another': async ({ storage }) => {
    const before = await storage.acquireLease({ host: 'a', leaseMs })
    const other = await storage.acquireLease({ host: 'b', leaseMs })
    const after = await storage.acquireLease({ host: 'a', leaseMs })
    const held = (await storage.renewLease(before.lease)).map(({ lease }) => lease)
    assert.deepEqual(held, [other.lease, after.lease])
  },

  'the storage moves the beat of a lease on by one with each renewal, and of no other': async ({
    storage,
  }) => {
    const mine = await storage.acquireLease({ host: 'a', leaseMs })
    const other = await storage.acquireLease({ host: 'b', leaseMs })
    await storage.renewLease(mine.lease)
    const seen = await storage.renewLease(mine.lease)
    assert.deepEqual(
      seen.map(({ beat }) => beat),
      [mine.beat + 2, other.beat],
    )
  },

  'the storage ends the lease of a host that stands still, and not of one that has moved on': async ({
    storage,
  }) => {
    const { lease, beat } = await storage.acquireLease({ host: 'a', leaseMs })
    await storage.renewLease(lease)
    assert.equal(await storage.releaseLease(lease, beat), false, 'of one that has moved on')
    assert.equal(await storage.releaseLease(lease, beat + 1), true, 'of one that stands still')
    assert.equal(await storage.releaseLease(lease), false, 'once more')
    assert.deepEqual(await storage.renewLease(lease), [], 'a lease that was ended does not come back')
  },

  'the storage gives an entity to whoever commits it, and to nobody who loses it': async ({ storage }) => {
    const [one, two] = [session('one'), session('two')]
    await storage.commit([{ ...unitOf(one, 0), owner: 7 }, unitOf(two, 0)])
    assert.equal(await ownerOf(storage, 'one'), 7)
    assert.equal(await ownerOf(storage, 'two'), undefined)
    const both = await storage.commit([
      { ...unitOf(one, 1, { events: 2 }), owner: 8 },
      { ...unitOf(two, 1), owner: 9 },
    ])
    for (const result of both) committed(result)
    assert.equal(await ownerOf(storage, 'one'), 8)
    assert.equal(await ownerOf(storage, 'two'), 9)
    const [lost] = await storage.commit([{ ...unitOf(one, 1, { writer: 'rival' }), owner: 9 }])
    conflicted(lost, 3)
    assert.equal(await ownerOf(storage, 'one'), 8, 'after a commit that lost')
    committed((await storage.commit([{ ...unitOf(one, 3), owner: 9 }]))[0])
    assert.equal(await ownerOf(storage, 'one'), 9, 'after a commit of one event alone')
    committed((await storage.commit([unitOf(one, 4)]))[0])
    assert.equal(await ownerOf(storage, 'one'), undefined, 'after a commit of somebody without a lease')
  },
})
