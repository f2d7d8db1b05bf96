// B13: growth. What a command and an event cost should not depend on how much there is already: rows, entities, history.
import { counterContender } from './contenders/counter-system.ts'
import type { CounterSystem, Load } from './contenders/counter-system.ts'
import { counterSpec, openHost, perdureCounters } from './contenders/perdure.ts'
import { rateOf } from './harness/benchmark.ts'
import type { Benchmark, Contender, Runner, Setting, Target } from './harness/benchmark.ts'
import { runClosedLoop } from './harness/closed-loop.ts'
import { timeRound } from './harness/time-round.ts'

/** Rows that are there already, with `--quick` a twentieth of the most. */
const rows = { none: 0, some: 10_000, many: 1_000_000 }
const quickShare = 20

const beside = {
  none: 'one entity, empty log',
  some: 'one entity beside 10,000 rows',
  many: 'one entity beside 1,000,000 rows',
}
const among = [10, 100, 1_000, 10_000]
const histories = [10, 1_000, 100_000]
/** Enough events in a round to be timed. */
const entitiesOfHistory: Readonly<Record<number, number>> = { 10: 500, 1_000: 50, 100_000: 1 }

function ofEntities(count: number): string {
  return `${count.toLocaleString('en')} entities, 1,000 commands in flight`
}

function ofHistory(events: number): string {
  return `replay of ${events.toLocaleString('en')} events`
}

/** Stores so many rows of other entities first, and counts without them. */
async function countersBeside(url: string, others: number): Promise<CounterSystem> {
  const stored = await fill(url, others)
  const counters = await perdureCounters(url, 1)
  return { ...counters, countStored: async () => (await counters.countStored()) - stored }
}

/** @returns how many events it stored */
async function fill(url: string, events: number): Promise<number> {
  if (events === 0) return 0
  const host = await openHost(url, counterSpec())
  const others = await Promise.all(
    Array.from({ length: 1_000 }, (_, index) => host.spawn('Counter', { id: `other-${index}` })),
  )
  await runClosedLoop({
    operations: events - others.length,
    inFlight: others.length,
    operate: async (index, worker) => {
      if (index % 100_000 === 0) process.stderr.write(`b13-growth: ${index} rows are there\n`)
      await others[worker]?.ask('Add', { amount: 1, memo: 'paid' })
    },
  })
  await host.stop()
  return events
}

async function prepareReplay(events: number, setting: Setting): Promise<Runner> {
  const share = setting.isQuick ? 10 : 1
  const url = await setting.database()
  const count = Math.ceil((entitiesOfHistory[events] ?? 1) / share)
  const length = count === 1 ? events / share : events
  const spec = counterSpec(1_000_000_000)
  // A replay that takes long would make a snapshot, and the next repeat would start from it.
  const host = await openHost(url, spec, { maxReplayMs: Number.MAX_SAFE_INTEGER })
  const counters = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const counter = await host.spawn('Counter', { id: `counter-${index}` })
      const asked = Array.from({ length: length - 1 }, () => counter.ask('Add', { amount: 1, memo: 'paid' }))
      await Promise.all(asked)
      return counter
    }),
  )
  let wrong = 0
  return {
    round: () => {
      for (const { id } of counters) host.passivate('Counter', id)
      return timeRound(count * length, async () => {
        for (const counter of counters) if ((await counter.state()).counters['count'] !== length - 1) wrong++
      })
    },
    verify: async () => {
      if (wrong > 0) throw new Error(`${wrong} entities came back wrong`)
      if ((await host.stats()).snapshots > 0) throw new Error('this was no replay: there is a snapshot')
    },
    close: () => host.stop(),
  }
}

function besideRows(which: keyof typeof rows): Contender {
  const load: Load = { counters: 1, inFlight: 1, commands: { full: 1_000, quick: 300 } }
  return counterContender(beside[which], load, async ({ database, isQuick }) => {
    const others = which === 'many' && isQuick ? rows.many / quickShare : rows[which]
    return countersBeside(await database(), others)
  })
}

function amongEntities(counters: number): Contender {
  const load: Load = { counters, inFlight: 1_000, commands: { full: 20_000, quick: 5_000 } }
  return counterContender(ofEntities(counters), load, async ({ database }) =>
    perdureCounters(await database(), counters),
  )
}

/** How many times as much an operation costs where it costs most as where it costs least. */
function most(names: readonly string[]): Target['valueOf'] {
  return (repeat) => {
    const rates = names.flatMap((name) => {
      const round = repeat.get(name)
      return round === undefined ? [] : [rateOf(round)]
    })
    return rates.length < names.length ? undefined : Math.max(...rates) / Math.min(...rates)
  }
}

/** How many times as much an operation costs there as here. */
function cost(there: string, here: string): Target['valueOf'] {
  return (repeat) => {
    const [a, b] = [repeat.get(there), repeat.get(here)]
    return a && b && rateOf(b) / rateOf(a)
  }
}

/** See measure: growth. */
export const benchmark: Benchmark = {
  name: 'b13-growth',
  question: 'Does a command, or an event, cost more where there is much already?',
  operations: 'operations',
  contenders: [
    besideRows('none'),
    besideRows('some'),
    besideRows('many'),
    ...among.map(amongEntities),
    ...histories.map((events) => ({
      name: ofHistory(events),
      prepare: (setting: Setting) => prepareReplay(events, setting),
    })),
  ],
  targets: [
    {
      label: 'A command beside 10,000 rows ÷ beside none',
      goal: { atMost: 1.5 },
      valueOf: cost(beside.some, beside.none),
    },
    {
      label: 'A command beside 1,000,000 rows ÷ beside none',
      goal: { atMost: 1.5 },
      valueOf: cost(beside.many, beside.none),
    },
    {
      label: 'A command, dearest ÷ cheapest of 10 to 10,000 entities',
      goal: { atMost: 1.5 },
      valueOf: most(among.map(ofEntities)),
    },
    {
      // Of ten events most of the time is the round trip.
      label: 'An event of 100,000 ÷ one of 1,000',
      goal: { atMost: 1.5 },
      valueOf: cost(ofHistory(100_000), ofHistory(1_000)),
    },
  ],
}
