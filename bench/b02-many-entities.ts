// B2: many entities at once. What group commit is for: a flush and a round trip are shared by all who wait.
import { actCounters } from './contenders/act.ts'
import { counterContender } from './contenders/counter-system.ts'
import type { Load } from './contenders/counter-system.ts'
import { emmettAppends } from './contenders/emmett.ts'
import { perdureCounters } from './contenders/perdure.ts'
import { rawGroupedInserts, rawSingleInserts } from './contenders/raw-pg.ts'
import { rateRatio } from './harness/benchmark.ts'
import type { Benchmark, Target } from './harness/benchmark.ts'
import { quantile } from './harness/statistics.ts'

/** Slow contenders get fewer commands: a rate needs no more, and nobody waits. */
function many(full: number, quick: number): Load {
  return { counters: 1_000, inFlight: 1_000, commands: { full, quick } }
}

function few(full: number, quick: number): Load {
  return { counters: 32, inFlight: 32, commands: { full, quick } }
}

const fast = many(100_000, 20_000)
const perdure = 'Perdure ask'
const grouped = 'pg, grouped insert'
const single = 'pg, single-row inserts, pool of 10'
const emmett = 'Emmett append'
const act = 'Act'
const perdure32 = 'Perdure ask, 32 entities'
const emmett32 = 'Emmett append, 32 streams'

/** How long the slowest in a hundred waits, in commits. */
const tailInCommits: Target['valueOf'] = (repeat) => {
  const round = repeat.get(perdure)
  const commitMs = round?.figures?.['commitMs']
  return round?.latenciesMs && commitMs && quantile(round.latenciesMs, 0.99) / commitMs
}

/** See measure: durable commands, a thousand entities, a thousand commands in flight. */
export const benchmark: Benchmark = {
  name: 'b02-many-entities',
  question: 'How many durable commands a second, with 1,000 entities and 1,000 commands in flight?',
  operations: 'commands',
  contenders: [
    counterContender(perdure, fast, async ({ database }) => perdureCounters(await database(), 1_000)),
    counterContender(grouped, fast, async ({ database }) => rawGroupedInserts(await database(), 1_000)),
    counterContender(single, many(20_000, 5_000), async ({ database }) =>
      rawSingleInserts(await database(), 1_000, 10),
    ),
    counterContender(emmett, many(5_000, 2_000), async ({ database }) =>
      emmettAppends(await database(), 1_000),
    ),
    counterContender(act, many(4_000, 2_000), async ({ database }) => actCounters(await database()), {
      isOptional: true,
    }),
    counterContender(perdure32, few(20_000, 5_000), async ({ database }) =>
      perdureCounters(await database(), 32),
    ),
    counterContender(emmett32, few(3_000, 1_000), async ({ database }) =>
      emmettAppends(await database(), 32),
    ),
  ],
  targets: [
    { label: 'Perdure ÷ Emmett', goal: { atLeast: 25 }, valueOf: rateRatio(perdure, emmett) },
    { label: 'Perdure ÷ Emmett, 32', goal: { atLeast: 12 }, valueOf: rateRatio(perdure32, emmett32) },
    { label: 'Perdure ÷ Act', goal: { atLeast: 10 }, valueOf: rateRatio(perdure, act) },
    { label: 'Perdure ÷ raw grouped', goal: { atLeast: 0.6 }, valueOf: rateRatio(perdure, grouped) },
    { label: 'Perdure p99 in commits', goal: { atMost: 3 }, valueOf: tailInCommits },
  ],
}
