// B16: what proving and simulating cost: a typical spec checked, seeds simulated, every single fault at every call. Each
// contender is one of them; there is no peer that does the same.
import { verifySpec, runOfSeed, simulate, simulateEveryFault } from '@perdure/testkit'
import type { SimulateOptions } from '@perdure/testkit'
import { sessionSpec } from '../packages/testkit/test/arbitraries/specs.ts'
import type { Benchmark, Contender, Target } from './harness/benchmark.ts'
import { timeRound } from './harness/time-round.ts'

const [typical, seeds, faults] = ['a typical spec', 'seeds of two hosts', 'every single fault']
const options: SimulateOptions = { specs: [sessionSpec], counterexamples: false }

/** See verification: specs, seeds and faults a second. */
export const benchmark: Benchmark = {
  name: 'b16-verification',
  question: 'What do proving a spec and simulating its entities cost?',
  operations: 'runs',
  contenders: [
    // With texts, lists, references and guards; it has a mistake, which is found.
    contender(typical, 1, async () => verifySpec(sessionSpec).specs[0]?.states === 68),
    contender(seeds, 300, async () => (await simulate({ ...options, seed: 1, seeds: 300 })).kind === 'holds'),
    contender(faults, 5, everyFault),
  ],
  targets: [
    atMost(typical, 50, ({ cpuMs }) => cpuMs, 'ms'),
    atMost(`300 ${seeds}`, 120, ({ cpuMs }) => cpuMs / 1000, 's', seeds),
    atMost(`${faults} of five scripts`, 60, ({ cpuMs }) => cpuMs / 1000, 's', faults),
  ],
}

async function everyFault(): Promise<boolean> {
  for (const seed of [1, 4, 5, 6, 7]) {
    const report = await simulateEveryFault(runOfSeed(seed, { ...options, steps: 20 }), options)
    if (report.kind !== 'holds') return false
  }
  return true
}

function contender(name: string, operations: number, work: () => Promise<boolean>): Contender {
  return {
    name,
    async prepare() {
      let isSound = false
      return {
        round: () =>
          timeRound(operations, async () => {
            isSound = await work()
          }),
        async verify() {
          if (!isSound) throw new Error(`${name}: something does not hold`)
        },
        async close() {},
      }
    },
  }
}

function atMost(
  label: string,
  limit: number,
  valueOf: (round: { readonly cpuMs: number }) => number,
  unit: string,
  name = label,
): Target {
  return {
    label,
    unit,
    goal: { atMost: limit },
    valueOf: (repeat) => {
      const round = repeat.get(name)
      return round && valueOf(round)
    },
  }
}
