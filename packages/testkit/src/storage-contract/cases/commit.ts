// Commit: one unit an entity, all of it or nothing, and never with a neighbour's failure.
import assert from 'node:assert/strict'
import type { ContractCase } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { committed, conflicted, refused, sameJson } from '../check.ts'
import { claimOf, hold, session, snapshotAt, specHash, startOfTime, unitOf } from '../make-unit.ts'

export const commitCases: readonly ContractCase[] = contractGroup('commit', {
  'the storage creates an entity with its first unit': async ({ storage }) => {
    const unit = unitOf(session('s-1'), 0, { status: 'Created' })
    const results = await storage.commit([unit])
    assert.equal(results.length, 1)
    assert.equal(committed(results[0]), 1n)
    sameJson(await storage.readEvents(unit.entity), unit.events, 'the events')
    const head = { ...unit.entity, version: 1, status: 'Created', updatedAt: startOfTime + 1 }
    sameJson(await storage.readHeads([unit.entity]), [head], 'the head')
  },

  'the storage appends a unit after the version it expects': async ({ storage }) => {
    const entity = session('s-1')
    const units = [unitOf(entity, 0), unitOf(entity, 1, { events: 3 }), unitOf(entity, 4, { status: 'Done' })]
    for (const unit of units) committed((await storage.commit([unit]))[0])
    sameJson(
      await storage.readEvents(entity),
      units.flatMap((unit) => unit.events),
      'the events',
    )
    const head = { ...entity, version: 5, status: 'Done', updatedAt: startOfTime + 5 }
    sameJson(await storage.readHeads([entity]), [head], 'the head')
  },

  'the storage stores the tombstone and keeps the entity with deletedAt': async ({ storage }) => {
    const entity = session('s-1')
    await storage.commit([unitOf(entity, 0)])
    committed((await storage.commit([unitOf(entity, 1, { events: 2, deletes: true })]))[0])
    const [head] = await storage.readHeads([entity])
    sameJson(
      head,
      { ...entity, version: 3, status: 'Deleted', updatedAt: startOfTime + 3, deletedAt: startOfTime + 3 },
      'the head',
    )
  },

  'the storage answers a commit of no units with no results': async ({ storage }) => {
    sameJson(await storage.commit([]), [], 'the results')
  },

  'the storage answers the unit at index i at index i': async ({ storage }) => {
    await storage.commit([unitOf(session('b'), 0), unitOf(session('d'), 0)])
    const results = await storage.commit([
      unitOf(session('z'), 0),
      unitOf(session('b'), 7),
      unitOf(session('a'), 0, { events: [{ sequence: 9 }] }),
      unitOf(session('d'), 1),
      unitOf(session('c'), 4),
    ])
    assert.deepEqual(
      results.map((result) => result.kind),
      ['committed', 'conflict', 'refused', 'committed', 'conflict'],
    )
    conflicted(results[1], 1)
    conflicted(results[4], 0)
  },

  'the storage stores nothing of a unit in conflict': async ({ storage }) => {
    const entity = session('s-1')
    const kept = hold('draft', 'kept')
    await storage.commit([unitOf(entity, 0, { events: 2, holds: [kept] })])
    const lost = hold('result', 'lost')
    const loser = unitOf(entity, 1, {
      events: [{ idempotencyKey: 'loser' }],
      writer: 'loser',
      status: 'Lost',
      holds: [lost],
      releases: [{ field: 'draft', hash: kept.hash }],
      snapshot: snapshotAt(2, 'loser'),
    })
    const before = await storage.stats()
    conflicted((await storage.commit([loser]))[0], 2)
    assert.deepEqual(await storage.stats(), before)
    const { head, snapshot, tail } = (await storage.load(entity, { specHash })) ?? {}
    assert.equal(head?.version, 2)
    assert.equal(head?.status, 'Running')
    assert.equal(snapshot, undefined)
    assert.equal(tail?.length, 2)
    assert.equal(await storage.findByIdempotencyKey(entity, 'loser'), undefined)
    assert.equal(await storage.readBlob(entity.tenant, lost.hash), undefined)
    sameJson(
      await storage.findMissingClaims(entity, [kept, lost].map(claimOf)),
      [claimOf(lost)],
      'the missing claims',
    )
  },

  'the storage gives version 0 for a conflict on an entity that does not exist': async ({ storage }) => {
    conflicted((await storage.commit([unitOf(session('s-1'), 3)]))[0], 0)
    sameJson(await storage.readHeads([session('s-1')]), [undefined], 'the head')
  },

  'the storage gives a conflict to whoever creates what exists already': async ({ storage }) => {
    const entity = session('s-1')
    await storage.commit([unitOf(entity, 0, { events: 2 })])
    conflicted((await storage.commit([unitOf(entity, 0, { writer: 'late' })]))[0], 2)
  },

  'the storage gives a conflict to a unit ahead of the head': async ({ storage }) => {
    const entity = session('s-1')
    await storage.commit([unitOf(entity, 0, { events: 2 })])
    conflicted((await storage.commit([unitOf(entity, 5)]))[0], 2)
    assert.equal((await storage.readEvents(entity)).length, 2)
  },

  'the storage commits the neighbours of a conflict': async ({ storage }) => {
    await storage.commit([unitOf(session('taken'), 0)])
    const first = unitOf(session('first'), 0, { holds: [hold('f', 1)] })
    const last = unitOf(session('last'), 0, { holds: [hold('f', 2)] })
    const results = await storage.commit([first, unitOf(session('taken'), 0, { writer: 'loser' }), last])
    committed(results[0])
    conflicted(results[1], 1)
    committed(results[2])
    for (const unit of [first, last]) {
      sameJson(await storage.readEvents(unit.entity), unit.events, 'the events')
      sameJson(await storage.findMissingClaims(unit.entity, unit.claims), [], 'the missing claims')
    }
  },

  'the storage commits the neighbours of a refused unit': async ({ storage }) => {
    const first = unitOf(session('first'), 0)
    const last = unitOf(session('last'), 0)
    const results = await storage.commit([first, unitOf(session('refused'), 0, { events: [] }), last])
    committed(results[0])
    refused(results[1])
    committed(results[2])
    for (const unit of [first, last])
      sameJson(await storage.readEvents(unit.entity), unit.events, 'the events')
  },

  'the storage answers a repeated unit as the first time and stores it once': async ({ storage }) => {
    const entity = session('s-1')
    const unit = unitOf(entity, 0, {
      events: [{ idempotencyKey: 'k' }, {}],
      holds: [hold('f', 1)],
      snapshot: snapshotAt(2),
    })
    const position = committed((await storage.commit([unit]))[0])
    const before = await storage.stats()
    assert.equal(committed((await storage.commit([unit]))[0]), position)
    assert.deepEqual(await storage.stats(), before)
    sameJson(await storage.readEvents(entity), unit.events, 'the events')
  },

  'the storage answers a repeated unit as the first time when the entity has moved on': async ({
    storage,
  }) => {
    const entity = session('s-1')
    const first = unitOf(entity, 0, { events: 2, holds: [hold('f', 'first')] })
    const position = committed((await storage.commit([first]))[0])
    const releases = first.claims
    await storage.commit([
      unitOf(session('other'), 0),
      unitOf(entity, 2, { holds: [hold('f', 'second')], releases }),
    ])
    const before = await storage.stats()
    assert.equal(committed((await storage.commit([first]))[0]), position)
    assert.deepEqual(await storage.stats(), before)
    sameJson(
      await storage.findMissingClaims(entity, first.claims),
      first.claims,
      'the claims that were released',
    )
  },

  'the storage answers a repeated part of a unit with the position of its first event': async ({
    storage,
  }) => {
    const whole = unitOf(session('s-1'), 0, { events: 3 })
    const position = committed((await storage.commit([unitOf(session('s-0'), 0), whole]))[1])
    const part = { ...whole, expectedVersion: 1, events: whole.events.slice(1) }
    assert.equal(committed((await storage.commit([part]))[0]), position + 1n)
    assert.equal((await storage.stats()).events, 4)
  },

  'the storage commits the new neighbours of a repeated unit': async ({ storage }) => {
    const unit = unitOf(session('old'), 0)
    const position = committed((await storage.commit([unit]))[0])
    const [again, next] = await storage.commit([unit, unitOf(session('new'), 0)])
    assert.equal(committed(again), position)
    assert.equal(committed(next), position + 1n)
  },

  'the storage tells a rival at the same sequence from a repeat by the event id': async ({ storage }) => {
    const entity = session('s-1')
    await storage.commit([unitOf(entity, 0), unitOf(session('s-2'), 0)])
    committed((await storage.commit([unitOf(entity, 1, { writer: 'one' })]))[0])
    conflicted((await storage.commit([unitOf(entity, 1, { writer: 'two' })]))[0], 2)
  },

  'the storage takes the loser of a conflict once it follows the head': async ({ storage }) => {
    const entity = session('s-1')
    await storage.commit([unitOf(entity, 0, { events: 2 })])
    conflicted((await storage.commit([unitOf(entity, 1, { writer: 'late' })]))[0], 2)
    committed((await storage.commit([unitOf(entity, 2, { writer: 'late' })]))[0])
  },
})
