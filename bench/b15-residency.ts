// B15: which entities to keep in memory. Replays traces of requests against eviction orders of one size, and counts how
// often the entity asked for was there. Half the point is the scan: a list of all entities, gone through once.
import { EvictionOrder } from '../packages/actors/dist/residency/eviction-order.js'
import type { Benchmark, Repeat, Runner, Setting } from './harness/benchmark.ts'
import { timeRound } from './harness/time-round.ts'

const capacity = 1_000
const entities = 20_000

/** Numbers that look random and are the same in every run. After Marsaglia, "Xorshift RNGs", 2003. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** Ranks under Zipf's law, by inverting the sum of its weights. */
function zipf(exponent: number, random: () => number): () => string {
  const sums = new Float64Array(entities)
  let sum = 0
  for (let rank = 0; rank < entities; rank++) sums[rank] = sum += 1 / (rank + 1) ** exponent
  return () => {
    const wanted = random() * sum
    let low = 0
    let high = entities - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((sums[middle] ?? 0) < wanted) low = middle + 1
      else high = middle
    }
    return `e-${low}`
  }
}

type Trace = (requests: number) => Generator<string>

/** Steady use under Zipf's law. */
function* steady(requests: number): Generator<string> {
  const next = zipf(0.9, numbers(1))
  for (let index = 0; index < requests; index++) yield next()
}

/** Steady use, and beside it somebody goes through all entities, over and over. */
function* withScan(requests: number): Generator<string> {
  const next = zipf(0.9, numbers(2))
  for (let index = 0; index < requests; index++)
    yield index % 2 === 0 ? next() : `s-${((index - 1) / 2) % entities}`
}

/** What is in use changes four times: an order must forget, too. */
function* shifting(requests: number): Generator<string> {
  const next = zipf(0.9, numbers(3))
  for (let index = 0; index < requests; index++) yield `${Math.floor((index * 4) / requests)}-${next()}`
}

const traces: Readonly<Record<string, Trace>> = { steady, withScan, shifting }

/** Keeps so many keys. @returns whether the key was there */
type Cache = (key: string) => boolean

function lru(): Cache {
  const kept = new Set<string>()
  return (key) => {
    const isHit = kept.delete(key)
    kept.add(key)
    const [oldest] = kept
    if (kept.size > capacity && oldest !== undefined) kept.delete(oldest)
    return isHit
  }
}

function tinyLfu(): Cache {
  const order = new EvictionOrder(capacity)
  const kept = new Set<string>()
  return (key) => {
    const isHit = kept.has(key)
    order.touch(key)
    kept.add(key)
    const leaving = kept.size > capacity ? order.next((each) => each !== key) : undefined
    if (leaving !== undefined) {
      order.remove(leaving)
      kept.delete(leaving)
    }
    return isHit
  }
}

function replaying(makeCache: () => Cache): (setting: Setting) => Promise<Runner> {
  return async ({ isQuick }) => {
    const requests = isQuick ? 100_000 : 400_000
    let figures: Record<string, number> = {}
    return {
      round: async () => {
        figures = {}
        const round = await timeRound(requests * Object.keys(traces).length, async () => {
          for (const [name, trace] of Object.entries(traces)) {
            const cache = makeCache()
            let hits = 0
            for (const key of trace(requests)) if (cache(key)) hits += 1
            figures[name] = hits / requests
          }
        })
        return { ...round, figures }
      },
      verify: async () => {
        for (const [name, rate] of Object.entries(figures))
          if (!(rate > 0 && rate < 1)) throw new Error(`a hit rate of ${rate} on ${name} cannot be`)
      },
      close: async () => {},
    }
  }
}

const plain = 'least recently used'
const ours = 'W-TinyLFU'

function better(trace: string): (repeat: Repeat) => number | undefined {
  return (repeat) => {
    const [a, b] = [repeat.get(ours)?.figures?.[trace], repeat.get(plain)?.figures?.[trace]]
    return a !== undefined && b !== undefined ? a / b : undefined
  }
}

/** Residency, simulated. */
export const benchmark: Benchmark = {
  name: 'b15-residency',
  question: `Of ${entities} entities, which ${capacity} to keep in memory?`,
  operations: 'requests',
  contenders: [
    { name: plain, prepare: replaying(lru) },
    { name: ours, prepare: replaying(tinyLfu) },
  ],
  targets: [
    { label: 'hit rate ÷ LRU, steady', goal: { atLeast: 1 }, valueOf: better('steady') },
    { label: 'hit rate ÷ LRU, with a scan', goal: { atLeast: 1.2 }, valueOf: better('withScan') },
    { label: 'hit rate ÷ LRU, shifting', goal: { atLeast: 0.95 }, valueOf: better('shifting') },
    ...Object.keys(traces).flatMap((trace) =>
      [plain, ours].map((name) => ({
        label: `hit rate of ${name}, ${trace}`,
        goal: { atLeast: 0 },
        valueOf: (repeat: Repeat) => repeat.get(name)?.figures?.[trace],
      })),
    ),
  ],
}
