// B1: one entity, one command at a time. Nothing to group: every command pays its own round trip and flush.
import { counterContender } from './contenders/counter-system.ts'
import type { Load } from './contenders/counter-system.ts'
import { emmettAppends, emmettHandler } from './contenders/emmett.ts'
import { perdureCounters } from './contenders/perdure.ts'
import { rawSingleInserts } from './contenders/raw-pg.ts'
import { rateRatio } from './harness/benchmark.ts'
import type { Benchmark } from './harness/benchmark.ts'

const one: Load = { counters: 1, inFlight: 1, commands: { full: 2_000, quick: 500 } }
/** Many streams, so that a round's commands do not make them much longer than they are meant to be. */
const short: Load = { counters: 400, inFlight: 1, commands: { full: 400, quick: 100 } }
const long: Load = { counters: 10, inFlight: 1, commands: { full: 60, quick: 20 } }

const perdure = 'Perdure ask'
const raw = 'pg, single-row insert'
const append = 'Emmett append'
const shortHandler = 'Emmett command handler, 10 events'
const longHandler = 'Emmett command handler, 1,000 events'

/** See measure: a durable command, one entity, one at a time. */
export const benchmark: Benchmark = {
  name: 'b01-one-entity',
  question: 'How fast is a durable command when one entity takes one at a time?',
  operations: 'commands',
  contenders: [
    counterContender(perdure, one, async ({ database }) => perdureCounters(await database(), one.counters)),
    counterContender(raw, one, async ({ database }) => rawSingleInserts(await database(), one.counters, 1)),
    counterContender(append, one, async ({ database }) => emmettAppends(await database(), one.counters)),
    counterContender(shortHandler, short, async ({ database }) =>
      emmettHandler(await database(), short.counters, 10),
    ),
    counterContender(longHandler, long, async ({ database }) =>
      emmettHandler(await database(), long.counters, 1_000),
    ),
  ],
  targets: [
    { label: 'Perdure ÷ raw insert', goal: { atLeast: 0.6 }, valueOf: rateRatio(perdure, raw) },
    { label: 'Perdure ÷ Emmett append', goal: { atLeast: 3 }, valueOf: rateRatio(perdure, append) },
    {
      label: 'Perdure ÷ Emmett handler, 1,000 events',
      goal: { atLeast: 50 },
      valueOf: rateRatio(perdure, longHandler),
    },
  ],
}
