// B9: the model checker on three interleaved orders, 512,000 states and 2,553,600 transitions. The peer is the search one
// writes in an afternoon: objects for states, their JSON for keys. No database takes part.
import { parseSpec } from '@perdure/spec-parser'
import { verifySpec } from '@perdure/testkit'
import { ordersSpec } from '../packages/testkit/test/checker/three-orders.ts'
import { rateOf, rateRatio } from './harness/benchmark.ts'
import type { Benchmark, Contender } from './harness/benchmark.ts'
import { timeRound } from './harness/time-round.ts'
import { searchPlainly } from './contenders/plain-search.ts'

const checker = 'Perdure verifySpec'
const plain = 'objects and JSON keys'
const states = 512_000
/** The plain search is too slow to be shown more than a part of it. */
const plainStates = { full: 60_000, quick: 20_000 }

/** See measure: states a second of the model checker. */
export const benchmark: Benchmark = {
  name: 'b09-model-checker',
  question: 'How many states a second does the model checker look at?',
  operations: 'states',
  contenders: [verifier(), plainSearcher()],
  targets: [
    {
      label: 'verifySpec',
      unit: 'states/s',
      goal: { atLeast: 500_000 },
      valueOf: (repeat) => {
        const round = repeat.get(checker)
        return round && rateOf(round)
      },
    },
    { label: 'verifySpec ÷ plain search', goal: { atLeast: 4 }, valueOf: rateRatio(checker, plain) },
  ],
}

/** The whole check is timed: abstraction, search, every property, conformance. */
function verifier(): Contender {
  return {
    name: checker,
    async prepare() {
      const { spec } = parseSpec(ordersSpec(3))
      if (spec === undefined) throw new Error('the spec of the orders is not sound')
      let counted = ''
      return {
        round: () =>
          timeRound(states, async () => {
            const [report] = verifySpec(spec).specs
            counted = `${report?.verdict} ${report?.states} ${report?.transitions}`
          }),
        async verify() {
          if (counted !== 'pass 512000 2553600') throw new Error(`the counts are wrong: ${counted}`)
        },
        async close() {},
      }
    },
  }
}

function plainSearcher(): Contender {
  return {
    name: plain,
    async prepare({ isQuick }) {
      const limit = isQuick ? plainStates.quick : plainStates.full
      let found = 0
      return {
        round: () =>
          timeRound(limit, async () => {
            found = searchPlainly(limit)
          }),
        async verify() {
          if (found < limit) throw new Error(`only ${found} states were found`)
        },
        async close() {},
      }
    },
  }
}
