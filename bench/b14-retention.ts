// B14: what a sweep and a prune of 100,000 blobs cost the commands beside them. The load is that of B2; a second connection
// to the same database has blobs to collect for as long as the load lasts.
import { Client } from 'pg'
import type { Storage } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'
import { perdureCounters } from './contenders/perdure.ts'
import type { CounterSystem } from './contenders/counter-system.ts'
import { counterContender } from './contenders/counter-system.ts'
import type { Contender, Repeat, Runner, Target } from './harness/benchmark.ts'
import type { Benchmark } from './harness/benchmark.ts'
import { quantile } from './harness/statistics.ts'

const load = { counters: 1_000, inFlight: 1_000, commands: { full: 100_000, quick: 20_000 } }
const blobs = { full: 100_000, quick: 20_000 }

const alone = 'Perdure ask, alone'
const besideSweep = 'Perdure ask, beside a sweep'
const besidePrune = 'Perdure ask, beside a prune'

const day = 86_400_000
/** Beyond the clocks of the load, so that nothing of the load itself is due. */
const expired = Date.UTC(2020, 0, 1)

/** Collects what is due. @returns how many references went and how many blobs */
type Collect = (
  storage: Storage,
  signal: AbortSignal,
) => Promise<{ readonly refs: number; readonly blobs: number }>

const sweep: Collect = async (storage, signal) => {
  const { expiredRefs, deletedBlobs } = await storage.sweep({ now: Date.now(), signal })
  return { refs: expiredRefs, blobs: deletedBlobs }
}

const prune: Collect = async (storage, signal) => {
  const { agedRefs, deletedBlobs } = await storage.prune({ now: Date.now(), maxAgeMs: 365 * day, signal })
  return { refs: agedRefs, blobs: deletedBlobs }
}

/** Blobs of a kilobyte, with a reference each that has ended, or was made long ago and ends long from now. */
async function fill(url: string, count: number, round: number, hasEnded: boolean): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const rows = `(select sha256(convert_to('${round} ' || n, 'UTF8')) as hash from generate_series(1, $1) as n) as made`
    await client.query(
      `insert into perdure.blobs (tenant, hash, size, stored_size, codec, body, created_at)
       select 'default', hash, 1024, 1024, 'identity', convert_to(repeat(encode(hash, 'hex'), 16), 'UTF8'), to_timestamp($2)
       from ${rows}`,
      [count, expired / 1000],
    )
    await client.query(
      `insert into perdure.blob_refs (tenant, hash, stream, owner, expires_at, referenced_at)
       select 'default', hash, gen_random_uuid(), 'field', to_timestamp($2), to_timestamp($3) from ${rows}`,
      [count, (hasEnded ? expired : expired + 10_000 * day) / 1000, expired / 1000],
    )
    await client.query('analyze perdure.blobs, perdure.blob_refs')
  } finally {
    await client.end()
  }
}

/** The load, with somebody who collects from its beginning to its end. */
function besideContender(name: string, collect: Collect): Contender {
  let url = ''
  const open = async (database: string): Promise<CounterSystem> => {
    url = database
    return perdureCounters(database, load.counters)
  }
  const inner = counterContender(name, load, async ({ database }) => open(await database()))
  return {
    name,
    prepare: async (setting) => {
      const runner = await inner.prepare(setting)
      const storage = await openStorage(url)
      return runnerBeside(runner, storage, {
        fill: (round) => fill(url, setting.isQuick ? blobs.quick : blobs.full, round, collect === sweep),
        collect,
      })
    },
  }
}

function runnerBeside(
  runner: Runner,
  storage: Storage,
  { fill, collect }: { readonly fill: (round: number) => Promise<void>; readonly collect: Collect },
): Runner {
  let rounds = 0
  return {
    round: async () => {
      rounds += 1
      await fill(rounds)
      const { blobs: due } = await storage.stats()
      const abort = new AbortController()
      const startedAt = performance.now()
      const collecting = collect(storage, abort.signal)
      const round = await runner.round()
      abort.abort()
      const beside = await collecting
      const besideMs = performance.now() - startedAt
      // What it did not come to while the load lasted does not stay for the next round.
      const rest = await collect(storage, new AbortController().signal)
      if (beside.blobs + rest.blobs !== due || (await storage.stats()).blobs !== 0)
        throw new Error(`${due} blobs were due, and ${beside.blobs} and ${rest.blobs} are gone`)
      const handled = (beside.refs + beside.blobs) / (besideMs / 1000)
      return { ...round, figures: { ...round.figures, collected: handled } }
    },
    verify: () => runner.verify(),
    close: async () => {
      await storage.close()
      await runner.close()
    },
  }
}

function tailRatio(beside: string): Target['valueOf'] {
  return (repeat: Repeat) => {
    const [one, other] = [repeat.get(beside)?.latenciesMs, repeat.get(alone)?.latenciesMs]
    return one && other && quantile(one, 0.99) / quantile(other, 0.99)
  }
}

/** See measure: B2's p99 with and without retention beside it. */
export const benchmark: Benchmark = {
  name: 'b14-retention',
  question: 'What does collecting 100,000 blobs cost the commands beside it?',
  operations: 'commands',
  contenders: [
    counterContender(alone, load, async ({ database }) => perdureCounters(await database(), load.counters)),
    besideContender(besideSweep, sweep),
    besideContender(besidePrune, prune),
  ],
  targets: [
    { label: 'p99 beside a sweep ÷ alone', goal: { atMost: 2 }, valueOf: tailRatio(besideSweep) },
    { label: 'p99 beside a prune ÷ alone', goal: { atMost: 2 }, valueOf: tailRatio(besidePrune) },
    ...[besideSweep, besidePrune].map((name) => ({
      label: `references and blobs collected a second, ${name.slice('Perdure ask, '.length)}`,
      goal: { atLeast: 0 },
      unit: '/s',
      valueOf: (repeat: Repeat) => repeat.get(name)?.figures?.['collected'],
    })),
  ],
}
