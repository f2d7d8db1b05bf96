// B3: one hot entity. A thousand commands in flight for the same entity are decided one after another and stored together.
import { counterContender } from './contenders/counter-system.ts'
import type { Load } from './contenders/counter-system.ts'
import { perdureCounters } from './contenders/perdure.ts'
import { rateRatio } from './harness/benchmark.ts'
import type { Benchmark } from './harness/benchmark.ts'

const commands = { full: 100_000, quick: 20_000 }
const hot: Load = { counters: 1, inFlight: 1_000, commands }
const spread: Load = { counters: 1_000, inFlight: 1_000, commands }
const one = 'Perdure ask, one entity'
const many = 'Perdure ask, 1,000 entities'

/** See measure: a hot entity. */
export const benchmark: Benchmark = {
  name: 'b03-hot-entity',
  question: 'How many durable commands a second does one entity take, with 1,000 in flight?',
  operations: 'commands',
  contenders: [
    counterContender(one, hot, async ({ database }) => perdureCounters(await database(), 1)),
    counterContender(many, spread, async ({ database }) => perdureCounters(await database(), 1_000)),
  ],
  targets: [{ label: 'One entity ÷ 1,000', goal: { atLeast: 0.5 }, valueOf: rateRatio(one, many) }],
}
