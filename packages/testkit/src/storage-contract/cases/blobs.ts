// Blobs: content stored once a tenant, held by the references of fields.
import assert from 'node:assert/strict'
import type { ContractCase } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { committed, rejectsWith, sameBytes, sameJson } from '../check.ts'
import { claimOf, contentOf, hold, session, startOfTime, unitOf } from '../make-unit.ts'

const now = startOfTime + 1_000_000

const always: readonly ContractCase[] = contractGroup('blob', {
  'the storage gives back the bytes of a blob as they were': async ({ storage }) => {
    const values = ['', 'short', 'compressible '.repeat(10_000), [null, { a: 1 }], '\u0000\ud800😀']
    const holds = values.map((value, index) => hold(`f${index}`, value))
    committed((await storage.commit([unitOf(session('s-1'), 0, { holds })]))[0])
    for (const { hash, blob } of holds)
      sameBytes(await storage.readBlob('tenant-a', hash), blob.bytes, `blob ${hash}`)
  },

  'the storage reads nothing under a hash it does not hold': async ({ storage }) => {
    const held = hold('f', 'held')
    await storage.commit([unitOf(session('s-1'), 0, { holds: [held] })])
    assert.equal(await storage.readBlob('tenant-a', contentOf('never stored').hash), undefined)
    assert.equal(await storage.readBlob('tenant-a', held.hash.toUpperCase()), undefined)
    assert.equal(await storage.readBlob('tenant-a', held.hash.slice(0, 63)), undefined)
    assert.equal(await storage.readBlob('tenant-a', `../tenant-a/${held.hash}`), undefined)
    assert.equal(await storage.readBlob('tenant-a', ''), undefined)
  },

  'the storage stores content once a tenant, however many fields hold it': async ({ storage }) => {
    const [first, second] = [hold('f', 'shared content'), hold('g', 'shared content')]
    await storage.commit([
      unitOf(session('s-1'), 0, { holds: [first, second] }),
      unitOf(session('s-2'), 0, { holds: [first] }),
    ])
    await storage.commit([unitOf({ ...session('s-1'), type: 'Order' }, 0, { holds: [first] })])
    const stats = await storage.stats()
    assert.equal(stats.blobs, 1)
    assert.equal(stats.refs, 4)
    assert.equal(stats.blobBytes, first.blob.size)
    assert.equal(stats.referencedBytes, 4 * first.blob.size)
  },

  'the storage never shares content across tenants': async ({ storage }) => {
    const held = hold('f', 'secret')
    await storage.commit([unitOf(session('s-1', 'tenant-a'), 0, { holds: [held] })])
    assert.equal(await storage.readBlob('tenant-b', held.hash), undefined)
    const borrowed = unitOf(session('s-1', 'tenant-b'), 0, { claims: [claimOf(held)] })
    assert.equal((await storage.commit([borrowed]))[0]?.kind, 'refused')
    await storage.commit([unitOf(session('s-1', 'tenant-b'), 0, { holds: [held] })])
    assert.equal((await storage.stats()).blobs, 2)
    await storage.commit([unitOf(session('s-1', 'tenant-a'), 1, { releases: [held] })])
    await storage.sweep({ now })
    assert.equal(await storage.readBlob('tenant-a', held.hash), undefined)
    sameBytes(await storage.readBlob('tenant-b', held.hash), held.blob.bytes, 'the other tenant’s blob')
  },

  'the storage takes claims and releases together with the events': async ({ storage }) => {
    const entity = session('s-1')
    const [old, current] = [hold('f', 'old'), hold('f', 'current')]
    await storage.commit([unitOf(entity, 0, { holds: [old] })])
    await storage.commit([
      unitOf(entity, 1, { holds: [current], releases: [{ field: 'f', hash: old.hash }] }),
    ])
    sameJson(
      await storage.findMissingClaims(entity, [old, current].map(claimOf)),
      [claimOf(old)],
      'the missing claims',
    )
    assert.equal((await storage.stats()).refs, 1)
  },

  'the storage lets a release of what is not held pass': async ({ storage }) => {
    const held = hold('f', 'held')
    const releases = [
      { field: 'g', hash: held.hash },
      { field: 'f', hash: contentOf('unknown').hash },
    ]
    committed((await storage.commit([unitOf(session('s-1'), 0, { holds: [held], releases })]))[0])
    sameJson(await storage.findMissingClaims(session('s-1'), [claimOf(held)]), [], 'the missing claims')
  },

  'the storage releases the one field of the one entity': async ({ storage }) => {
    const [first, second] = [hold('f', 'shared'), hold('g', 'shared')]
    await storage.commit(['s-1', 's-2'].map((id) => unitOf(session(id), 0, { holds: [first, second] })))
    await storage.commit([unitOf(session('s-1'), 1, { releases: [{ field: 'f', hash: first.hash }] })])
    const claims = [first, second].map(claimOf)
    sameJson(await storage.findMissingClaims(session('s-1'), claims), [claimOf(first)], 'the missing claims')
    sameJson(await storage.findMissingClaims(session('s-2'), claims), [], 'the missing claims')
  },

  'the storage finds the claims that are missing, in the order given': async ({ storage }) => {
    const [a, b, c, d] = [hold('f', 'a'), hold('g', 'b'), hold('h', 'c', now), hold('f', 'd', now)]
    await storage.commit([
      unitOf(session('s-1'), 0, { holds: [b, d] }),
      unitOf(session('s-2'), 0, { holds: [a] }),
    ])
    const claims = [c, d, a, b].map(claimOf)
    sameJson(
      await storage.findMissingClaims(session('s-1'), claims),
      [c, a].map(claimOf),
      'the missing claims',
    )
    sameJson(await storage.findMissingClaims(session('nobody'), claims), claims, 'the claims of nobody')
    sameJson(await storage.findMissingClaims(session('s-1'), []), [], 'no claims')
  },

  'the storage keeps fields with odd names apart': async ({ storage }) => {
    const fields = [
      '__proto__',
      'constructor',
      `it's`,
      'a"b',
      'a\\',
      'ä',
      'a\u0308',
      ' ',
      'A',
      'a',
      '%',
      'x'.repeat(255),
    ]
    const holds = fields.map((field) => hold(field, 'one content'))
    await storage.commit([unitOf(session('s-1'), 0, { holds })])
    assert.equal((await storage.stats()).refs, fields.length)
    for (const [index, released] of holds.entries()) {
      await storage.commit([unitOf(session('s-1'), index + 1, { releases: [released] })])
      const missing = holds.slice(0, index + 1).map(claimOf)
      sameJson(
        await storage.findMissingClaims(session('s-1'), holds.map(claimOf)),
        missing,
        'the missing claims',
      )
    }
  },
})

const damaged: readonly ContractCase[] = contractGroup(
  'blob',
  {
    'the storage does not give out content that is corrupt': async ({ storage, tamper }) => {
      assert.ok(tamper, 'the storage is adopted with tamper')
      const [held, other] = [hold('f', 'held '.repeat(1_000)), hold('g', 'other')]
      await storage.commit([unitOf(session('s-1'), 0, { holds: [held, other] })])
      await tamper.corruptBlob('tenant-a', held.hash)
      await rejectsWith(storage.readBlob('tenant-a', held.hash), 'corrupt_blob', 'reading it')
      sameBytes(await storage.readBlob('tenant-a', other.hash), other.blob.bytes, 'its neighbour')
    },

    'the storage finds claims missing whose content was lost': async ({ storage, tamper }) => {
      assert.ok(tamper, 'the storage is adopted with tamper')
      const [held, other] = [hold('f', 'held'), hold('g', 'other')]
      await storage.commit([unitOf(session('s-1'), 0, { holds: [held, other] })])
      await tamper.deleteBlob('tenant-a', held.hash)
      assert.equal(await storage.readBlob('tenant-a', held.hash), undefined)
      const missing = await storage.findMissingClaims(session('s-1'), [held, other].map(claimOf))
      sameJson(missing, [claimOf(held)], 'the missing claims')
    },

    'the storage puts back content that was lost': async ({ storage, tamper }) => {
      assert.ok(tamper, 'the storage is adopted with tamper')
      const held = hold('f', 'held')
      await storage.commit([unitOf(session('s-1'), 0, { holds: [held] })])
      await tamper.deleteBlob('tenant-a', held.hash)
      assert.equal(await storage.restoreClaims(session('s-1'), 1, [claimOf(held)], [held.blob]), true)
      sameBytes(await storage.readBlob('tenant-a', held.hash), held.blob.bytes, 'the blob')
      sameJson(await storage.findMissingClaims(session('s-1'), [claimOf(held)]), [], 'the missing claims')
    },
  },
  'tamper',
)

export const blobCases: readonly ContractCase[] = [...always, ...damaged]
