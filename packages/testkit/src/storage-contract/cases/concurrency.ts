// Concurrency: whatever runs at once, the outcome is one that some order of the calls explains.
import assert from 'node:assert/strict'
import type { CommitResult, Storage } from '@perdure/core'
import type { ContractCase } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { committed, conflicted, sameJson } from '../check.ts'
import { claimOf, hold, session, startOfTime, unitOf } from '../make-unit.ts'
import type { Hold } from '../make-unit.ts'

const writers: readonly string[] = Array.from({ length: 16 }, (_, index) => `writer-${index}`)

/** Lets all writers commit one unit of two events after `version`, spread over the storages, and finds exactly one winner. */
async function race(storages: readonly Storage[], version: number): Promise<void> {
  const entity = session('contested')
  const heldBy = (writer: string): Hold => hold('f', `${writer} after ${version}`)
  const results = await Promise.all(
    writers.map(async (writer, index) => {
      const unit = unitOf(entity, version, { events: 2, writer, holds: [heldBy(writer)] })
      return (await storages[index % storages.length]?.commit([unit]))?.[0]
    }),
  )
  const winners = writers.filter((_, index) => results[index]?.kind === 'committed')
  assert.equal(winners.length, 1, `one of ${writers.length} writers should win, not ${winners.length}`)
  for (const loser of results.filter((result) => result?.kind !== 'committed')) conflicted(loser, version + 2)
  for (const storage of storages) {
    const events = await storage.readEvents(entity, { fromSequence: version + 1 })
    sameJson(
      events.map((event) => event.params['writer']),
      [winners[0], winners[0]],
      'who wrote the events',
    )
    const claims = writers.map((writer) => claimOf(heldBy(writer)))
    const missing = await storage.findMissingClaims(entity, claims)
    assert.equal(missing.length, writers.length - 1, 'claims of losers')
  }
}

function kinds(results: readonly (CommitResult | undefined)[]): readonly (string | undefined)[] {
  return results.map((result) => result?.kind)
}

const together: readonly ContractCase[] = contractGroup('concurrency', {
  'the storage lets exactly one of many writers create an entity': ({ storage }) => race([storage], 0),

  'the storage lets exactly one of many writers append after a version': async ({ storage }) => {
    await storage.commit([unitOf(session('contested'), 0, { events: 3 })])
    await race([storage], 3)
  },

  'the storage stores a unit once that is committed many times at once': async ({ storage }) => {
    const unit = unitOf(session('s-1'), 0, { events: [{ idempotencyKey: 'k' }, {}], holds: [hold('f', 1)] })
    const results = await Promise.all(writers.map(() => storage.commit([unit])))
    const positions = new Set(results.map(([result]) => committed(result)))
    assert.deepEqual([...positions], [1n])
    sameJson(await storage.readEvents(unit.entity), unit.events, 'the events')
  },

  'the storage keeps apart what commits at once to different entities': async ({ storage }) => {
    const units = writers.map((writer) =>
      unitOf(session(writer), 0, { events: 3, holds: [hold('f', writer)] }),
    )
    const results = await Promise.all(units.map((unit) => storage.commit([unit])))
    assert.deepEqual(
      kinds(results.flat()),
      writers.map(() => 'committed'),
    )
    for (const unit of units) sameJson(await storage.readEvents(unit.entity), unit.events, 'the events')
  },

  'the storage never shows a reader a part of a unit': async ({ storage }) => {
    const entity = session('s-1')
    const writing = storage.commit([unitOf(entity, 0, { events: 200 })])
    const lengths = await Promise.all(writers.map(async () => (await storage.readEvents(entity)).length))
    await writing
    for (const length of lengths)
      assert.ok(length === 0 || length === 200, `a reader saw ${length} of 200 events`)
  },

  'the storage survives commits of the same entities in opposite orders': async ({ storage }) => {
    const names = Array.from({ length: 20 }, (_, index) => `s-${index}`)
    const batch = (order: readonly string[], writer: string): Promise<readonly CommitResult[]> =>
      storage.commit(
        order.map((name) =>
          unitOf(session(name), 0, { writer, holds: [hold('f', 'shared'), hold('g', name)] }),
        ),
      )
    const results = await Promise.all([batch(names, 'up'), batch(names.toReversed(), 'down')])
    const wins = results.flat().filter((result) => result.kind === 'committed')
    assert.equal(wins.length, names.length, 'one winner an entity')
    assert.equal((await storage.stats()).lastPosition, BigInt(names.length))
  },

  'the storage leaves no claim without content when sweeps and commits run at once': async ({ storage }) => {
    const rounds = 12
    for (let round = 0; round < rounds; round++) {
      const now = startOfTime + round * 10
      const claim = hold('f', `content ${round % 3}`, now + 5)
      const units = writers.map((name) => unitOf(session(name), round, { holds: [claim] }))
      await Promise.all([storage.sweep({ now }), storage.commit(units), storage.sweep({ now })])
      for (const { entity, claims } of units)
        sameJson(await storage.findMissingClaims(entity, claims), [], `claims missing after round ${round}`)
      assert.ok(await storage.readBlob('tenant-a', claim.hash), `the content claimed in round ${round}`)
    }
  },
})

const acrossHosts: readonly ContractCase[] = contractGroup(
  'concurrency',
  {
    'the storage lets exactly one of many writers win across two openings of the same data': async (
      subject,
    ) => {
      assert.ok(subject.openAnother, 'a shared storage is adopted with openAnother')
      const storages = [subject.storage, await subject.openAnother()]
      await race(storages, 0)
      await race(storages, 2)
    },
  },
  'shared',
)

export const concurrencyCases: readonly ContractCase[] = [...together, ...acrossHosts]
