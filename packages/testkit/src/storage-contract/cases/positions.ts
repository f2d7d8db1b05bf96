// Positions: one global order without gaps, in the order of commits.
import assert from 'node:assert/strict'
import type { CommitResult, CommitUnit } from '@perdure/core'
import type { ContractCase } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { committed, conflicted, refused } from '../check.ts'
import { session, unitOf } from '../make-unit.ts'

/** Every position that the committed units took. */
function positionsOf(units: readonly CommitUnit[], results: readonly CommitResult[]): bigint[] {
  return units.flatMap((unit, index) => {
    const result = results[index]
    if (result?.kind !== 'committed') return []
    return unit.events.map((_, offset) => result.firstPosition + BigInt(offset))
  })
}

/** Fails unless the positions are first, first + 1, … in some order. */
function assertDense(positions: readonly bigint[], first: bigint): void {
  const sorted = [...positions].sort((left, right) => (left < right ? -1 : 1))
  assert.deepEqual(
    sorted,
    sorted.map((_, index) => first + BigInt(index)),
  )
}

export const positionCases: readonly ContractCase[] = contractGroup('position', {
  'the storage numbers events from 1 without gaps, in commit order': async ({ storage }) => {
    assert.equal((await storage.stats()).lastPosition, 0n)
    let next = 1n
    for (let round = 0; round < 4; round++) {
      const units = ['a', 'b', 'c'].map((id, index) =>
        unitOf(session(id), round * (index + 1), { events: index + 1 }),
      )
      assertDense(positionsOf(units, await storage.commit(units)), next)
      next += 6n
      assert.equal((await storage.stats()).lastPosition, next - 1n)
    }
  },

  'the storage gives no position to conflicts, refused units and repeats': async ({ storage }) => {
    const first = unitOf(session('a'), 0, { events: 2 })
    assert.equal(committed((await storage.commit([first]))[0]), 1n)
    const [conflict, refusal, repeat, winner] = await storage.commit([
      unitOf(session('b'), 5),
      unitOf(session('c'), 0, { events: [{}, { sequence: 7 }] }),
      first,
      unitOf(session('d'), 0),
    ])
    conflicted(conflict, 0)
    refused(refusal)
    assert.equal(committed(repeat), 1n)
    assert.equal(committed(winner), 3n)
    assert.equal((await storage.stats()).lastPosition, 3n)
  },

  'the storage numbers events without gaps when commits run at once': async ({ storage }) => {
    const batches = Array.from({ length: 20 }, (_, batch) => [
      unitOf(session(`own-${batch}`), 0, { events: 1 + (batch % 3) }),
      unitOf(session('contested'), 0, { writer: `w-${batch}` }),
      unitOf(session(`other-${batch}`), batch % 4 === 0 ? 1 : 0),
    ])
    const results = await Promise.all(batches.map((units) => storage.commit(units)))
    const positions = batches.flatMap((units, index) => positionsOf(units, results[index] ?? []))
    assertDense(positions, 1n)
    const { lastPosition, events } = await storage.stats()
    assert.equal(lastPosition, BigInt(positions.length))
    assert.equal(events, positions.length)
  },
})
