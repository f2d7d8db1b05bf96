// Refusals: what a storage must not take, whoever asks. Nothing of a refused unit is stored.
import assert from 'node:assert/strict'
import type { CommitUnit, Storage } from '@perdure/core'
import { defaultLimits } from '@perdure/core'
import type { ContractCase } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { committed, conflicted, refused, sameJson } from '../check.ts'
import { claimOf, hold, session, unitOf } from '../make-unit.ts'

/** Commits a unit that must be refused and looks for traces of it. */
async function expectRefusal(storage: Storage, unit: CommitUnit): Promise<void> {
  const before = await storage.stats()
  refused((await storage.commit([unit]))[0])
  assert.deepEqual(await storage.stats(), before)
}

export const refusalCases: readonly ContractCase[] = contractGroup('refusal', {
  'the storage refuses a unit without events': async ({ storage }) => {
    await expectRefusal(storage, unitOf(session('s-1'), 0, { events: [], holds: [hold('f', 1)] }))
  },

  'the storage refuses a unit whose sequences leave a gap': async ({ storage }) => {
    await expectRefusal(storage, unitOf(session('s-1'), 0, { events: [{}, { sequence: 3 }] }))
  },

  'the storage refuses a unit whose sequences do not begin after the expected version': async ({
    storage,
  }) => {
    await storage.commit([unitOf(session('s-1'), 0, { events: 2 })])
    for (const sequence of [1, 2, 4])
      await expectRefusal(storage, unitOf(session('s-1'), 2, { events: [{ sequence }], writer: 'bad' }))
  },

  'the storage refuses a unit that has a sequence twice': async ({ storage }) => {
    await expectRefusal(storage, unitOf(session('s-1'), 0, { events: [{}, {}, { sequence: 2 }] }))
  },

  'the storage refuses an event over the limit of 16 MiB and commits its neighbours': async ({ storage }) => {
    // Two bytes each in UTF-8, one unit each in UTF-16: what counts is bytes.
    const params = { text: 'é'.repeat(defaultLimits.maxEventBytes / 2) }
    const tooLarge = unitOf(session('large'), 0, { events: [{}, { params }] })
    const [first, large, last] = await storage.commit([
      unitOf(session('a'), 0),
      tooLarge,
      unitOf(session('z'), 0),
    ])
    committed(first)
    refused(large)
    committed(last)
    sameJson(await storage.readHeads([tooLarge.entity]), [undefined], 'the head')
  },

  'the storage refuses a second event under an idempotency key of the entity': async ({ storage }) => {
    const entity = session('s-1')
    await storage.commit([unitOf(entity, 0, { events: [{ idempotencyKey: 'k' }] })])
    await expectRefusal(storage, unitOf(entity, 1, { events: [{ idempotencyKey: 'k' }] }))
    committed((await storage.commit([unitOf(entity, 1, { events: [{ idempotencyKey: 'other' }] })]))[0])
  },

  'the storage refuses a unit that uses an idempotency key twice': async ({ storage }) => {
    const events = [{ idempotencyKey: 'k' }, {}, { idempotencyKey: 'k' }]
    await expectRefusal(storage, unitOf(session('s-1'), 0, { events }))
  },

  'the storage takes equal idempotency keys of different entities': async ({ storage }) => {
    const part = { events: [{ idempotencyKey: 'k' }] }
    const entities = [session('s-1'), session('s-2'), session('s-1', 'tenant-b')]
    for (const result of await storage.commit(entities.map((entity) => unitOf(entity, 0, part))))
      committed(result)
  },

  'the storage refuses whatever follows a tombstone': async ({ storage }) => {
    const entity = session('s-1')
    await storage.commit([unitOf(entity, 0, { events: 2, deletes: true })])
    await expectRefusal(storage, unitOf(entity, 2))
    await expectRefusal(storage, unitOf(entity, 2, { deletes: true }))
    conflicted((await storage.commit([unitOf(entity, 0, { writer: 'reborn' })]))[0], 2)
  },

  'the storage refuses a claim on content that is neither stored nor sent along': async ({ storage }) => {
    const claim = claimOf(hold('f', 'never stored'))
    const unit = unitOf(session('s-1'), 0, { claims: [claim] })
    const [bad, good] = await storage.commit([unit, unitOf(session('s-2'), 0)])
    refused(bad)
    committed(good)
    sameJson(await storage.findMissingClaims(unit.entity, [claim]), [claim], 'the missing claims')
    sameJson(await storage.readHeads([unit.entity]), [undefined], 'the head')
  },

  'the storage takes a claim on content that the tenant holds already': async ({ storage }) => {
    const held = hold('f', 'shared')
    await storage.commit([unitOf(session('s-1'), 0, { holds: [held] })])
    const unit = unitOf(session('s-2'), 0, { claims: [claimOf(held)] })
    committed((await storage.commit([unit]))[0])
    sameJson(await storage.findMissingClaims(unit.entity, unit.claims), [], 'the missing claims')
  },
})
