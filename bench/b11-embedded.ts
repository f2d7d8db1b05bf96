// B11: embedded. The work of B1, B2 and B4 on PGlite, PostgreSQL inside this process, beside PGlite doing the same without us.
import { PGlite } from '@electric-sql/pglite'
import type { EntityEvent } from '@perdure/core'
import { counterContender } from './contenders/counter-system.ts'
import type { Load } from './contenders/counter-system.ts'
import { counterSpec, openHost, perdureCounters } from './contenders/perdure.ts'
import { pgliteGroupedInserts, pgliteSingleInserts } from './contenders/raw-pglite.ts'
import { rateRatio } from './harness/benchmark.ts'
import type { Benchmark, Runner, Setting } from './harness/benchmark.ts'
import { timeRound } from './harness/time-round.ts'

const url = 'pglite://memory'
const one: Load = { counters: 1, inFlight: 1, commands: { full: 2_000, quick: 300 } }
const many: Load = { counters: 1_000, inFlight: 1_000, commands: { full: 20_000, quick: 3_000 } }

const ask = 'Perdure ask, one at a time'
const insert = 'PGlite, single-row insert'
const askMany = 'Perdure ask, 1,000 entities'
const insertMany = 'PGlite, grouped insert'
const replay = 'Perdure, replay'
const fold = 'PGlite, select + JSON.parse + fold'

function eventsOf({ isQuick }: Setting): number {
  return isQuick ? 3_000 : 50_000
}

async function prepareReplay(setting: Setting): Promise<Runner> {
  const events = eventsOf(setting)
  // A replay that takes long would make a snapshot, and the next repeat would start from it.
  const host = await openHost(url, counterSpec(1_000_000), { maxReplayMs: Number.MAX_SAFE_INTEGER })
  const counter = await host.spawn('Counter', { id: 'counter-0' })
  const asked = Array.from({ length: events }, (_, index) =>
    counter.ask('Add', { amount: 1, memo: `${index}` }),
  )
  await Promise.all(asked)
  return replayRunner(
    events,
    async () => {
      host.passivate('Counter', 'counter-0')
      return (await counter.state()).counters['count'] ?? 0
    },
    () => host.stop(),
  )
}

/** Reads rows of the same payload, by the same index. */
async function prepareFold(setting: Setting): Promise<Runner> {
  const events = eventsOf(setting)
  const pglite = await PGlite.create()
  await pglite.exec(
    'create table events (stream uuid, sequence int8, payload text not null, primary key (stream, sequence))',
  )
  const stream = '00000000-0000-0000-0000-000000000001'
  const payload = JSON.stringify(payloadOf())
  await pglite.query('insert into events select $1::uuid, n, $2 from generate_series(1, $3::int8) n', [
    stream,
    payload,
    events,
  ])
  return replayRunner(
    events,
    async () => {
      const { rows } = await pglite.query<{ payload: string }>(
        'select payload from events where stream = $1 order by sequence',
        [stream],
      )
      let count = 0
      for (const row of rows) {
        const { action, params } = JSON.parse(row.payload) as EntityEvent
        if (action === 'Add') count += params['amount'] as number
      }
      return count
    },
    () => pglite.close(),
  )
}

function payloadOf(): object {
  return {
    eventId: 'V1StGXR8_Z5jdHi6B-myT',
    action: 'Add',
    from: 'Open',
    to: 'Open',
    params: { amount: 1, memo: '12345' },
    effects: [['count', '+', 1]],
    at: 1_700_000_000_000,
    specHash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    specVersion: 1,
  }
}

function replayRunner(events: number, read: () => Promise<number>, close: () => Promise<void>): Runner {
  const wrong: number[] = []
  return {
    round: () =>
      timeRound(events, async () => {
        const count = await read()
        if (count !== events) wrong.push(count)
      }),
    verify: async () => {
      if (wrong.length > 0) throw new Error(`replay came to ${wrong.join(', ')} instead of ${events}`)
    },
    close,
  }
}

/** See measure: embedded. */
export const benchmark: Benchmark = {
  name: 'b11-embedded',
  question: 'What is left of the speed of PGlite, one command at a time, many at once, and in replay?',
  operations: 'operations',
  contenders: [
    counterContender(ask, one, () => perdureCounters(url, one.counters)),
    counterContender(insert, one, () => pgliteSingleInserts(one.counters)),
    counterContender(askMany, many, () => perdureCounters(url, many.counters)),
    counterContender(insertMany, many, () => pgliteGroupedInserts(many.counters)),
    { name: replay, prepare: prepareReplay },
    { name: fold, prepare: prepareFold },
  ],
  targets: [
    { label: 'One at a time ÷ raw', goal: { atLeast: 0.6 }, valueOf: rateRatio(ask, insert) },
    {
      label: '1,000 entities ÷ raw grouped',
      goal: { atLeast: 0.6 },
      valueOf: rateRatio(askMany, insertMany),
    },
    { label: 'Replay ÷ raw', goal: { atLeast: 0.6 }, valueOf: rateRatio(replay, fold) },
  ],
}
