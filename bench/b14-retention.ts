// B14: what a sweep and a prune of 100,000 blobs cost the commands beside them. The load is that of B2; a second connection to
// the same database collects for as long as the load lasts, 2,000 blobs at a time, so that every phase of it (references go,
// blobs are marked, blobs are deleted) comes beside the load again and again; one sweep of everything that is due would still
// be at its first phase when the load ends. What was collected is filled up again before the next round.
import { Client } from 'pg'
import type { Storage } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'
import { perdureCounters } from './contenders/perdure.ts'
import type { CounterSystem } from './contenders/counter-system.ts'
import { counterContender } from './contenders/counter-system.ts'
import type { Contender, Repeat, Runner, Target } from './harness/benchmark.ts'
import type { Benchmark } from './harness/benchmark.ts'
import { quantile } from './harness/statistics.ts'

const load = { counters: 1_000, inFlight: 1_000, commands: { full: 50_000, quick: 20_000 } }
const blobs = { full: 100_000, quick: 20_000 }

const alone = 'Perdure ask, alone'
const besideSweep = 'Perdure ask, beside a sweep'
const besidePrune = 'Perdure ask, beside a prune'

/** Blobs that become due at once. */
const slice = 2_000

const day = 86_400_000
/** The first blob's time; the others follow a second apart. Long before the clocks of the load, so that nothing of it is due. */
const firstAt = Date.UTC(2020, 0, 1)

/** Collects what is due up to a time. */
type Collect = (storage: Storage, dueAt: number, signal: AbortSignal) => Promise<Collected>

interface Collected {
  readonly refs: number
  readonly blobs: number
}

const sweep: Collect = async (storage, dueAt, signal) => {
  const { expiredRefs, deletedBlobs } = await storage.sweep({ now: dueAt, signal })
  return { refs: expiredRefs, blobs: deletedBlobs }
}

const prune: Collect = async (storage, dueAt, signal) => {
  const maxAgeMs = 365 * day
  const { agedRefs, deletedBlobs } = await storage.prune({ now: dueAt + maxAgeMs, maxAgeMs, signal })
  return { refs: agedRefs, blobs: deletedBlobs }
}

/** Blobs of a kilobyte, from the nth on, with a reference each that ends, or was made, at the blob's time. */
async function fill(client: Client, from: number, count: number, isToEnd: boolean): Promise<void> {
  const [made, at] = [
    `(select n, sha256(convert_to('body ' || n, 'UTF8')) as hash from generate_series($1::int, $1::int + $2::int - 1) as n) as made`,
    `to_timestamp($3::float8 + n)`,
  ]
  const values = [from, count, firstAt / 1000]
  await client.query(
    `insert into perdure.blobs (tenant, hash, size, stored_size, codec, body, created_at)
     select 'default', hash, 1024, 1024, 'identity', convert_to(repeat(encode(hash, 'hex'), 16), 'UTF8'), ${at} from ${made}`,
    values,
  )
  await client.query(
    `insert into perdure.blob_refs (tenant, hash, stream, owner, expires_at, referenced_at)
     select 'default', hash, gen_random_uuid(), 'field', ${at} + make_interval(days => $4::int), ${at} from ${made}`,
    [...values, isToEnd ? 0 : 10_000],
  )
  await client.query('analyze perdure.blobs, perdure.blob_refs')
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
      const client = new Client({ connectionString: url })
      await client.connect()
      const total = setting.isQuick ? blobs.quick : blobs.full
      return runnerBeside(runner, await openStorage(url), client, { total, collect })
    },
  }
}

function runnerBeside(
  runner: Runner,
  storage: Storage,
  client: Client,
  { total, collect }: { readonly total: number; readonly collect: Collect },
): Runner {
  let filled = 0
  let left: Collected = { refs: 0, blobs: 0 }
  let due = 0

  /** Slice after slice until the load ends. */
  const collectAll = async (signal: AbortSignal): Promise<Collected> => {
    let [refs, deleted] = [0, 0]
    for (; !signal.aborted && due < filled; due += signal.aborted ? 0 : slice) {
      const collected = await collect(storage, firstAt + (due + slice) * 1000, signal)
      refs += collected.refs
      deleted += collected.blobs
    }
    return { refs, blobs: deleted }
  }

  return {
    round: async () => {
      // Both are filled up to the same number, for a round may end with references gone whose blobs are still there.
      const missing = total - left.refs
      await fill(client, filled + 1, missing, collect === sweep)
      filled += missing
      const abort = new AbortController()
      const startedAt = performance.now()
      const collecting = collectAll(abort.signal)
      const round = await runner.round()
      const seconds = (performance.now() - startedAt) / 1000
      abort.abort()
      const collected = await collecting
      const before = { refs: left.refs + missing, blobs: left.blobs + missing }
      left = { refs: before.refs - collected.refs, blobs: before.blobs - collected.blobs }
      const found = await storage.stats()
      if (found.refs !== left.refs || found.blobs !== left.blobs)
        throw new Error(
          `of ${before.blobs} blobs and ${before.refs} references ${collected.blobs} and ${collected.refs} were collected, and ${found.blobs} and ${found.refs} are left`,
        )
      return { ...round, figures: { ...round.figures, collected: collected.blobs / seconds } }
    },
    verify: () => runner.verify(),
    close: async () => {
      await client.end()
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
      // At least something: who collects nothing costs nothing.
      label: `blobs deleted a second, ${name.slice('Perdure ask, '.length)}`,
      goal: { atLeast: 1 },
      unit: '/s',
      valueOf: (repeat: Repeat) => repeat.get(name)?.figures?.['collected'],
    })),
  ],
}
