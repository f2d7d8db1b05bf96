// B7: memory. Entities of a small state come into this process and stay; then all of them are let go of.
import type { Host } from '@perdure/actors'
import { counterSpec, openHost } from './contenders/perdure.ts'
import type { Benchmark, Contender, Round, Runner, Setting, Target } from './harness/benchmark.ts'
import { runClosedLoop } from './harness/closed-loop.ts'
import { residentMemory } from './harness/resident-memory.ts'

const inFlight = 256
const spawned = 'spawned here'
const loaded = 'loaded from Postgres'
const memo = 'paid by bank transfer, checked by the night shift'

/** Loading takes several times as long as spawning; what an entity takes can be told from fewer. */
const entities = { [spawned]: 100_000, [loaded]: 40_000 }

function entitiesOf(name: keyof typeof entities, { isQuick }: Setting): number {
  return entities[name] / (isQuick ? 5 : 1)
}

/** Has so many entities come into memory and measures what the process holds before, with them, and without them. */
async function measure(
  host: Host,
  ids: readonly string[],
  bring: (id: string) => Promise<unknown>,
): Promise<Round> {
  const before = await residentMemory()
  const round = await runClosedLoop({
    operations: ids.length,
    inFlight,
    operate: async (index) => bring(ids[index] ?? ''),
  })
  if (host.residents !== ids.length) throw new Error(`${host.residents} of ${ids.length} are in memory`)
  // Measured without the latencies of a hundred thousand operations.
  const { operations, elapsedMs, cpuMs } = round
  const held = await residentMemory()
  for (const id of ids) host.passivate('Counter', id)
  if (host.residents > 0) throw new Error(`${host.residents} stay in memory`)
  const after = await residentMemory()
  // Pages that an earlier round has left behind are filled before the resident set grows: it may say too little, never the heap.
  const grown = Math.max(held.rss - before.rss, held.heap - before.heap)
  const figures = { bytesEach: grown / ids.length, share: after.rss / before.rss }
  return { operations, elapsedMs, cpuMs, figures }
}

async function prepareSpawned(setting: Setting): Promise<Runner> {
  const count = entitiesOf(spawned, setting)
  const host = await openHost(await setting.database(), counterSpec(), { maxResidents: count })
  let rounds = 0
  return {
    round: () => {
      rounds++
      const ids = idsOf(`${rounds}`, count)
      return measure(host, ids, (id) => host.spawn('Counter', { id, fields: { memo } }))
    },
    verify: async () => {
      const { events } = await host.stats()
      if (events !== rounds * count) throw new Error(`${events} events are stored of ${rounds * count}`)
    },
    close: () => host.stop(),
  }
}

async function prepareLoaded(setting: Setting): Promise<Runner> {
  const count = entitiesOf(loaded, setting)
  const host = await openHost(await setting.database(), counterSpec(), { maxResidents: count })
  const ids = idsOf('0', count)
  await Promise.all(
    ids.map(async (id) => {
      const counter = await host.spawn('Counter', { id })
      await counter.ask('Add', { amount: 1, memo })
    }),
  )
  for (const id of ids) host.passivate('Counter', id)
  let wrong = 0
  return {
    round: () =>
      measure(host, ids, async (id) => {
        const { counters, fields } = await host.entity('Counter', id).state()
        if (counters['count'] !== 1 || fields['memo'] !== memo) wrong++
      }),
    verify: async () => {
      if (wrong > 0) throw new Error(`${wrong} entities came back wrong`)
    },
    close: () => host.stop(),
  }
}

function idsOf(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `counter-${prefix}-${index}`)
}

function contender(name: string, prepare: Contender['prepare']): Contender {
  return { name, prepare }
}

function targetsOf(name: string): readonly Target[] {
  const figure = (which: string): Target['valueOf'] => {
    return (repeat) => repeat.get(name)?.figures?.[which]
  }
  return [
    {
      label: `RSS or heap an entity, ${name}`,
      goal: { atMost: 2048 },
      unit: 'bytes',
      valueOf: figure('bytesEach'),
    },
    { label: `RSS without ÷ before, ${name}`, goal: { atMost: 1.1 }, valueOf: figure('share') },
  ]
}

/** See measure: memory. */
export const benchmark: Benchmark = {
  name: 'b07-memory',
  question: 'What does an entity of a small state take of memory, and does it give it back?',
  operations: 'entities',
  contenders: [contender(spawned, prepareSpawned), contender(loaded, prepareLoaded)],
  targets: [...targetsOf(spawned), ...targetsOf(loaded)],
}
