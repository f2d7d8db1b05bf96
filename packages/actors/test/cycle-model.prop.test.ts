// The persistence cycle against random runs on a storage that stalls, fails before and after, loses replies, conflicts and
// crashes, in virtual time. Every property looks at the same thousand runs.
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { cycleRuns } from './cycle-model/cycle-run.ts'
import type { CycleStep } from './cycle-model/cycle-run.ts'
import { bounds, play } from './cycle-model/cycle-stage.ts'
import type { Asked, CycleRecord } from './cycle-model/cycle-stage.ts'

const seed = fc.readConfigureGlobal().seed ?? 20_261_121
const played = new Map<string, Promise<CycleRecord>>()

function playOnce(steps: readonly CycleStep[]): Promise<CycleRecord> {
  const key = JSON.stringify(steps)
  const record = played.get(key) ?? play(steps)
  played.set(key, record)
  return record
}

/** The stored event of a command; a command is known by its correlation id. */
function storedOf({ events }: CycleRecord, { entity, tag }: Asked) {
  return (events.get(entity) ?? []).filter(({ correlationId }) => correlationId === tag)
}

const properties: readonly { readonly name: string; readonly check: (record: CycleRecord) => void }[] = [
  {
    name: 'positions are dense and in the order of the commits',
    check: ({ positions, lastPosition, storedEvents }) => {
      expect(lastPosition).toBe(BigInt(storedEvents))
      expect([...positions].sort((left, right) => Number(left - right))).toEqual(positions)
    },
  },
  {
    name: 'nothing is stored twice, and no sequence is skipped',
    check: (record) => {
      for (const asked of record.asked) expect(storedOf(record, asked).length).toBeLessThanOrEqual(1)
      for (const events of record.events.values())
        expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1))
    },
  },
  {
    name: 'what was acknowledged is stored, as it was acknowledged',
    check: (record) => {
      for (const asked of record.asked) {
        if (asked.isImpatient || asked.outcome?.ok !== true) continue
        expect(storedOf(record, asked)).toEqual([asked.outcome.event])
      }
    },
  },
  {
    name: 'the commands of an entity are stored in the order in which they were asked',
    check: ({ events, asked }) => {
      const lifeOf = new Map(asked.map(({ tag, life }) => [tag, life]))
      for (const stored of events.values()) {
        const newest = new Map<number, number>()
        for (const { correlationId = '' } of stored) {
          const life = lifeOf.get(correlationId)
          if (life === undefined) continue
          expect(Number(correlationId)).toBeGreaterThan(newest.get(life) ?? -1)
          newest.set(life, Number(correlationId))
        }
      }
    },
  },
  {
    name: 'no wake-up is lost: every command of a host that lives is answered',
    check: ({ asked, dead }) => {
      expect(asked.filter(({ life, outcome }) => !dead.has(life) && outcome === undefined)).toEqual([])
    },
  },
  {
    name: 'a host that gives up rejects everything that waits, and says so once',
    check: ({ asked, failed }) => {
      for (const [life, times] of failed) {
        expect(times).toBe(1)
        expect(asked.filter((each) => each.life === life && each.outcome === undefined)).toEqual([])
      }
    },
  },
  {
    name: 'there is one write in flight, within its bounds, and no more is taken on than may be',
    check: ({ most }) => {
      expect(most.commits).toBeLessThanOrEqual(1)
      expect(most.batchEvents).toBeLessThanOrEqual(bounds.maxBatchEvents)
      expect(most.entries).toBeLessThanOrEqual(bounds.maxCommandsInFlight)
      expect(most.excessBytes).toBeLessThanOrEqual(0)
    },
  },
  {
    name: 'work goes on once the storage has recovered',
    check: ({ recovered }) => {
      expect(recovered).toEqual([true, true, true])
    },
  },
  {
    name: 'flush ends, whatever comes behind it, with everything settled that waited when it was called',
    check: ({ flushes, dead }) => {
      for (const { life, isOver, leftOver } of flushes) {
        if (dead.has(life)) continue
        expect({ isOver, leftOver }).toEqual({ isOver: true, leftOver: 0 })
      }
    },
  },
  {
    name: 'a host that has stopped leaves no timer behind',
    check: ({ timersLeft, dead, failed }) => {
      if (dead.size + failed.size === 0) expect(timersLeft).toBe(0)
    },
  },
]

it.each(properties)('$name', async ({ check }) => {
  await fc.assert(
    fc.asyncProperty(cycleRuns, async (steps) => check(await playOnce(steps))),
    { numRuns: 1_000, seed },
  )
})
