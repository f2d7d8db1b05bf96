// B4: a long history. 100,000 events of one entity, without a snapshot, from the database to its state.
import { Pool } from 'pg'
import type { EntityEvent } from '@perdure/core'
import { folding, openEmmett } from './contenders/emmett.ts'
import type { Added } from './contenders/emmett.ts'
import { counterSpec, openHost } from './contenders/perdure.ts'
import { rateRatio } from './harness/benchmark.ts'
import type { Benchmark, Runner, Setting } from './harness/benchmark.ts'
import { timeRound } from './harness/time-round.ts'

const spec = counterSpec(1_000_000)
const entity = { type: 'Counter', id: 'counter-0' }
const memo = 'paid by bank transfer, checked by the night shift; nothing else to be said about it'

/** A replay that takes long would make one, and the next repeat would start from it. */
const withoutSnapshots = { maxReplayMs: Number.MAX_SAFE_INTEGER }

function eventsOf({ isQuick }: Setting): number {
  return isQuick ? 20_000 : 100_000
}

/** Fills the database through the public API: the raw contender reads rows that Perdure wrote. */
async function fillWithPerdure(url: string, events: number): Promise<void> {
  const host = await openHost(url, spec, withoutSnapshots)
  const counter = await host.spawn(entity.type, { id: entity.id })
  await Promise.all(
    Array.from({ length: events }, (_, index) =>
      counter.ask('Add', { amount: 1, memo: `${index}: ${memo}` }),
    ),
  )
  await host.stop()
}

async function preparePerdure(setting: Setting): Promise<Runner> {
  const events = eventsOf(setting)
  const url = await setting.database()
  await fillWithPerdure(url, events)
  const host = await openHost(url, spec, withoutSnapshots)
  const counter = host.entity(entity.type, entity.id)
  return replayRunner({
    events,
    replay: async () => {
      host.passivate(entity.type, entity.id)
      const { counters } = await counter.state()
      return counters['count'] ?? 0
    },
    check: async () => {
      if ((await host.stats()).snapshots > 0) throw new Error('this was no replay: there is a snapshot')
    },
    close: () => host.stop(),
  })
}

async function prepareRaw(setting: Setting): Promise<Runner> {
  const events = eventsOf(setting)
  const url = await setting.database()
  await fillWithPerdure(url, events)
  const pool = new Pool({
    connectionString: url,
    max: 1,
    types: { getTypeParser: () => (text: string) => text },
  })
  return replayRunner({
    events,
    replay: async () => {
      const { rows } = await pool.query<{ payload: string }>(
        'select payload from perdure.events order by stream, sequence',
      )
      let count = 0
      for (const { payload } of rows) {
        const { action, params } = JSON.parse(payload) as EntityEvent
        if (action === 'Add') count += params['amount'] as number
      }
      return count
    },
    close: () => pool.end(),
  })
}

async function prepareEmmett(setting: Setting): Promise<Runner> {
  const events = eventsOf(setting)
  const store = await openEmmett(await setting.database())
  const batch = 1_000
  for (let done = 0; done < events; done += batch) {
    const added = Array.from({ length: batch }, (_, index): Added => ({
      type: 'Added',
      data: { amount: 1, memo: `${done + index}: ${memo}` },
    }))
    await store.appendToStream<Added>(entity.id, added)
  }
  return replayRunner({
    events,
    replay: async () => (await store.aggregateStream(entity.id, folding)).state.count,
    close: () => store.close(),
  })
}

interface Replay {
  readonly events: number
  /** @returns the count that the events come to */
  readonly replay: () => Promise<number>
  readonly check?: () => Promise<void>
  readonly close: () => Promise<void>
}

function replayRunner({ events, replay, check, close }: Replay): Runner {
  const wrong: number[] = []
  return {
    round: () =>
      timeRound(events, async () => {
        const count = await replay()
        if (count !== events) wrong.push(count)
      }),
    verify: async () => {
      if (wrong.length > 0) throw new Error(`replay came to ${wrong.join(', ')} instead of ${events}`)
      await check?.()
    },
    close,
  }
}

const perdure = 'Perdure, state of a passive entity'
const raw = 'pg, select + JSON.parse + fold'
const emmett = 'Emmett aggregateStream'

/** See measure: replay of a long history. */
export const benchmark: Benchmark = {
  name: 'b04-replay',
  question: 'How fast does a long history become a state?',
  operations: 'events',
  contenders: [
    { name: perdure, prepare: preparePerdure },
    { name: raw, prepare: prepareRaw },
    { name: emmett, prepare: prepareEmmett },
  ],
  targets: [
    { label: 'Perdure ÷ raw', goal: { atLeast: 0.7 }, valueOf: rateRatio(perdure, raw) },
    { label: 'Perdure ÷ Emmett', goal: { atLeast: 3 }, valueOf: rateRatio(perdure, emmett) },
  ],
}
