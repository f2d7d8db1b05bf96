// B5: activation. Entities that are not in memory, each a snapshot and ten events behind, come back 64 at a time.
import { setTimeout } from 'node:timers/promises'
import { Pool } from 'pg'
import type { EntityEvent } from '@perdure/core'
import { counterSpec, openHost } from './contenders/perdure.ts'
import { rateRatio } from './harness/benchmark.ts'
import type { Benchmark, Runner, Setting, Target } from './harness/benchmark.ts'
import { runClosedLoop } from './harness/closed-loop.ts'
import { quantile } from './harness/statistics.ts'

const inFlight = 64
/** A snapshot at version 11, and ten events after it. */
const spec = counterSpec(11)
const lastVersion = 21

function entitiesOf({ isQuick }: Setting): number {
  return isQuick ? 1_000 : 10_000
}

async function fill(url: string, entities: number): Promise<void> {
  const host = await openHost(url, spec)
  await Promise.all(
    Array.from({ length: entities }, async (_, index) => {
      const counter = await host.spawn('Counter', { id: `counter-${index}` })
      // One after another: a snapshot is taken of the state that a commit ends with.
      for (let version = 2; version <= lastVersion; version++)
        await counter.ask('Add', { amount: 1, memo: 'paid' })
    }),
  )
  // They go behind the commits, and a stop waits for them no longer than it must.
  while ((await host.stats()).snapshots < entities) await setTimeout(20)
  await host.stop()
}

async function preparePerdure(setting: Setting): Promise<Runner> {
  const entities = entitiesOf(setting)
  const url = await setting.database()
  await fill(url, entities)
  const host = await openHost(url, spec)
  const counters = Array.from({ length: entities }, (_, index) => host.entity('Counter', `counter-${index}`))
  const wrong = new Set<string>()
  return {
    round: async () => {
      for (const { id } of counters) host.passivate('Counter', id)
      return runClosedLoop({
        operations: entities,
        inFlight,
        operate: async (index) => {
          const counter = counters[index]
          const state = await counter?.state()
          if (state?.counters['count'] !== lastVersion - 1) wrong.add(counter?.id ?? '')
        },
      })
    },
    verify: async () => refuseWrong(wrong),
    close: () => host.stop(),
  }
}

async function prepareRaw(setting: Setting): Promise<Runner> {
  const entities = entitiesOf(setting)
  const url = await setting.database()
  await fill(url, entities)
  const pool = new Pool({ connectionString: url, max: 10 })
  const { rows } = await pool.query<{ stream: string }>('select stream from perdure.entities')
  const wrong = new Set<string>()
  return {
    round: () =>
      runClosedLoop({
        operations: entities,
        inFlight,
        operate: async (index) => {
          const stream = rows[index]?.stream ?? ''
          if ((await activate(pool, stream)) !== lastVersion) wrong.add(stream)
        },
      }),
    verify: async () => refuseWrong(wrong),
    close: () => pool.end(),
  }
}

/** The two selects, and a parse of what they bring. @returns the sequence of the last event read */
async function activate(pool: Pool, stream: string): Promise<number> {
  const heads = await pool.query<{ sequence: string; body: Buffer }>({
    name: 'head',
    text: `select version, status, sequence, body from perdure.entities join perdure.snapshots using (stream)
      where stream = $1`,
    values: [stream],
  })
  const sequence = Number(heads.rows[0]?.sequence)
  const tail = await pool.query<{ payload: EntityEvent }>({
    name: 'tail',
    text: 'select payload from perdure.events where stream = $1 and sequence > $2 order by sequence',
    values: [stream, sequence],
  })
  return sequence + tail.rows.filter(({ payload }) => payload.action === 'Add').length
}

function refuseWrong(wrong: ReadonlySet<string>): void {
  if (wrong.size > 0) throw new Error(`${wrong.size} entities came back wrong, among them ${[...wrong][0]}`)
}

const perdure = 'Perdure, state of a passive entity'
const raw = 'pg, two selects + JSON.parse'

const tailMs: Target['valueOf'] = (repeat) => {
  const latenciesMs = repeat.get(perdure)?.latenciesMs
  return latenciesMs && quantile(latenciesMs, 0.99)
}

/** See measure: activation. */
export const benchmark: Benchmark = {
  name: 'b05-activation',
  question: 'How fast do entities come into memory, 64 at a time, from a snapshot and ten events each?',
  operations: 'activations',
  contenders: [
    { name: perdure, prepare: preparePerdure },
    { name: raw, prepare: prepareRaw },
  ],
  targets: [
    { label: 'Perdure ÷ raw', goal: { atLeast: 0.5 }, valueOf: rateRatio(perdure, raw) },
    { label: 'Perdure p99', goal: { atMost: 20 }, unit: 'ms', valueOf: tailMs },
  ],
}
