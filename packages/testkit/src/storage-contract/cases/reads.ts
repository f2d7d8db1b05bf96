// Reads of one entity's events.
import assert from 'node:assert/strict'
import type { ReadRange, Storage } from '@perdure/core'
import type { ContractCase } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { sameJson } from '../check.ts'
import { session, unitOf } from '../make-unit.ts'

/** Stores ten events in units of four, beside another entity's. */
async function seed(storage: Storage): Promise<void> {
  const [entity, other] = [session('s-1'), session('s-2')]
  await storage.commit([unitOf(entity, 0, { events: 4 }), unitOf(other, 0, { events: 2 })])
  await storage.commit([unitOf(entity, 4, { events: 4 })])
  await storage.commit([unitOf(entity, 8, { events: 2 }), unitOf(other, 2, { events: 9 })])
}

/** Reads must give the sequences from `first` to `last`; none when `last` is before `first`. */
function reads(range: ReadRange | undefined, first: number, last: number): ContractCase['run'] {
  return async ({ storage }) => {
    await seed(storage)
    const sequences = (await storage.readEvents(session('s-1'), range)).map((event) => event.sequence)
    assert.deepEqual(
      sequences,
      Array.from({ length: Math.max(last - first + 1, 0) }, (_, index) => first + index),
    )
  }
}

export const readCases: readonly ContractCase[] = contractGroup('read', {
  'the storage reads all events in order when no range is given': reads(undefined, 1, 10),
  'the storage reads from a sequence on, inclusive': reads({ fromSequence: 7 }, 7, 10),
  'the storage reads up to a sequence, inclusive': reads({ toSequence: 3 }, 1, 3),
  'the storage reads between two sequences': reads({ fromSequence: 3, toSequence: 9 }, 3, 9),
  'the storage reads a single event': reads({ fromSequence: 5, toSequence: 5 }, 5, 5),
  'the storage reads nothing under a limit of 0': reads({ limit: 0 }, 1, 0),
  'the storage reads one event under a limit of 1': reads({ limit: 1 }, 1, 1),
  'the storage reads the first n under a limit of n': reads({ fromSequence: 4, limit: 3 }, 4, 6),
  'the storage stops at the nearer of the bound and the limit': reads(
    { fromSequence: 4, toSequence: 5, limit: 3 },
    4,
    5,
  ),
  'the storage reads what there is under a limit beyond the head': reads(
    { fromSequence: 8, limit: 1_000 },
    8,
    10,
  ),
  'the storage reads nothing from an empty range': reads({ fromSequence: 6, toSequence: 5 }, 1, 0),
  'the storage reads from the first event when the range begins before it': reads(
    { fromSequence: -3, limit: 2 },
    1,
    2,
  ),
  'the storage reads nothing when the range ends before the first event': reads({ toSequence: -1 }, 1, 0),
  'the storage reads nothing beyond the head': reads({ fromSequence: 11 }, 1, 0),
  'the storage reads up to the head when the bound is beyond it': reads(
    { fromSequence: 9, toSequence: 99 },
    9,
    10,
  ),

  'the storage reads nothing of an unknown entity': async ({ storage }) => {
    await seed(storage)
    sameJson(await storage.readEvents(session('unknown')), [], 'the events')
    sameJson(await storage.readEvents(session('s-1', 'tenant-b'), { fromSequence: 1 }), [], 'the events')
    sameJson(await storage.readEvents({ ...session('s-1'), type: 'Order' }), [], 'the events')
  },

  'the storage reads the events of a deleted entity': async ({ storage }) => {
    const unit = unitOf(session('s-1'), 0, { events: 3, deletes: true })
    await storage.commit([unit])
    sameJson(await storage.readEvents(unit.entity), unit.events, 'the events')
  },

  'the storage finds the event that was committed under an idempotency key': async ({ storage }) => {
    const entity = session('s-1')
    const key = `it's "odd" \\ 100% ☃`
    const unit = unitOf(entity, 0, { events: [{ idempotencyKey: 'one' }, {}, { idempotencyKey: key }] })
    await storage.commit([unit])
    await storage.commit([unitOf(entity, 3, { events: [{ idempotencyKey: 'four' }] })])
    sameJson(await storage.findByIdempotencyKey(entity, 'one'), unit.events[0], 'the event')
    sameJson(await storage.findByIdempotencyKey(entity, key), unit.events[2], 'the event')
    assert.equal((await storage.findByIdempotencyKey(entity, 'four'))?.sequence, 4)
  },

  'the storage finds nothing under a key that this entity never used': async ({ storage }) => {
    await storage.commit([
      unitOf(session('s-1'), 0, { events: [{ idempotencyKey: 'k' }] }),
      unitOf(session('s-2'), 0),
    ])
    assert.equal(await storage.findByIdempotencyKey(session('s-1'), 'K'), undefined)
    assert.equal(await storage.findByIdempotencyKey(session('s-2'), 'k'), undefined)
    assert.equal(await storage.findByIdempotencyKey(session('s-1', 'tenant-b'), 'k'), undefined)
    assert.equal(await storage.findByIdempotencyKey(session('unknown'), 'k'), undefined)
  },
})
