// Align: after a change of ceilings or lifetimes the stored claims of an entity become those of its state.
import assert from 'node:assert/strict'
import type { EntityKey } from '@perdure/core'
import type { ContractCase } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { sameJson } from '../check.ts'
import { claimOf, hold, session, specHash, startOfTime, unitOf } from '../make-unit.ts'

const now = startOfTime + 1_000_000
const entity = session('s-1')

export const alignCases: readonly ContractCase[] = contractGroup('align', {
  'the storage releases the claims that the state no longer has': async ({ storage }) => {
    const [kept, surplus] = [hold('kept', 'one'), hold('surplus', 'two')]
    await storage.commit([unitOf(entity, 0, { holds: [kept, surplus] })])
    assert.equal(await storage.alignClaims(entity, 1, [claimOf(kept)]), 1)
    const missing = await storage.findMissingClaims(entity, [kept, surplus].map(claimOf))
    sameJson(missing, [claimOf(surplus)], 'the missing claims')
    assert.equal((await storage.sweep({ now })).deletedBlobs, 1)
  },

  'the storage is certain that an entity holds no claims only while that is so': async ({ storage }) => {
    const [held, [plain, born, healed, other]] = [
      hold('f', 'content'),
      ['plain', 'born', 'healed', 'other'].map((id) => session(id)) as [
        EntityKey,
        EntityKey,
        EntityKey,
        EntityKey,
      ],
    ]
    const units = [plain, healed, other].map((each) => unitOf(each, 0))
    await storage.commit([...units, unitOf(born, 0, { holds: [held] })])
    await storage.commit([unitOf(plain, 1, { events: 2 }), unitOf(other, 1, { holds: [held] })])
    await storage.commit([unitOf(other, 2)])
    assert.equal(await storage.restoreClaims(healed, 1, [claimOf(held)], [held.blob]), true)
    await storage.commit([unitOf(healed, 1)])
    for (const each of [born, healed, other]) {
      const loaded = await storage.load(each, { specHash })
      assert.equal(loaded?.holdsNoClaims, undefined, `${each.id} holds a claim`)
    }
    await storage.commit([unitOf(plain, 3, { holds: [held], releases: [held] })])
    assert.equal((await storage.load(plain, { specHash }))?.holdsNoClaims, undefined, 'plain holds one now')
  },

  'the storage tells claims apart by field and content when it aligns': async ({ storage }) => {
    const [here, there] = [hold('here', 'shared'), hold('there', 'shared')]
    const [old, odd] = [hold('here', 'old'), hold('\u0000 "odd" \ud800', 'odd')]
    await storage.commit([unitOf(entity, 0, { holds: [here, there, old, odd] })])
    assert.equal(await storage.alignClaims(entity, 1, [here, odd].map(claimOf)), 2)
    const missing = await storage.findMissingClaims(entity, [here, there, old, odd].map(claimOf))
    sameJson(missing, [there, old].map(claimOf), 'the missing claims')
  },

  'the storage gives aligned claims their expiry': async ({ storage }) => {
    const [longer, shorter] = [hold('longer', 'one', now), hold('shorter', 'two', now + 200)]
    const [mortal, permanent] = [hold('mortal', 'three'), hold('permanent', 'four', now)]
    await storage.commit([unitOf(entity, 0, { holds: [longer, shorter, mortal, permanent] })])
    const claims = [
      { field: 'longer', hash: longer.hash, expiresAt: now + 100 },
      { field: 'shorter', hash: shorter.hash, expiresAt: now + 50 },
      { field: 'mortal', hash: mortal.hash, expiresAt: now + 150 },
      { field: 'permanent', hash: permanent.hash },
    ]
    assert.equal(await storage.alignClaims(entity, 1, claims), 4)
    const expired = async (at: number) => (await storage.sweep({ now: at })).expiredRefs
    assert.deepEqual(
      [await expired(now + 49), await expired(now + 50), await expired(now + 100), await expired(now + 150)],
      [0, 1, 1, 1],
    )
    sameJson(await storage.findMissingClaims(entity, claims), claims.slice(0, 3), 'the missing claims')
  },

  'the storage adds no claim when it aligns': async ({ storage }) => {
    const [kept, absent] = [hold('kept', 'one'), hold('absent', 'one')]
    await storage.commit([unitOf(entity, 0, { holds: [kept] })])
    const before = await storage.stats()
    assert.equal(await storage.alignClaims(entity, 1, [kept, absent].map(claimOf)), 0)
    assert.deepEqual(await storage.stats(), before)
  },

  'the storage leaves the claims of other entities alone when it aligns': async ({ storage }) => {
    const held = hold('f', 'content')
    const others = [session('s-2'), session('s-1', 'tenant-b')]
    for (const each of [entity, ...others]) await storage.commit([unitOf(each, 0, { holds: [held] })])
    assert.equal(await storage.alignClaims(entity, 1, []), 1)
    for (const other of others)
      sameJson(await storage.findMissingClaims(other, [claimOf(held)]), [], 'the claims of another')
  },

  'the storage aligns nothing once the entity has moved on': async ({ storage }) => {
    const held = hold('f', 'content')
    await storage.commit([unitOf(entity, 0, { events: 3, holds: [held] })])
    for (const version of [0, 2, 4]) assert.equal(await storage.alignClaims(entity, version, []), 0)
    assert.equal(await storage.alignClaims(session('nobody'), 0, [claimOf(held)]), 0)
    sameJson(await storage.findMissingClaims(entity, [claimOf(held)]), [], 'the missing claims')
  },

  'the storage changes nothing when it aligns twice': async ({ storage }) => {
    const [kept, surplus] = [hold('kept', 'one', now), hold('surplus', 'two')]
    await storage.commit([unitOf(entity, 0, { holds: [kept, surplus] })])
    assert.equal(await storage.alignClaims(entity, 1, [claimOf(kept)]), 1)
    assert.equal(await storage.alignClaims(entity, 1, [claimOf(kept)]), 0)
  },
})
