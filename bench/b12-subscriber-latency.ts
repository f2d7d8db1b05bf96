// B12: how long an event is on its way from its commit to who follows the log: alone in a quiet system, and among a thousand a
// second. By a notice from another process' commit (two storages, so that nothing is told within the process), and within one.
import { createHost } from '@perdure/actors'
import type { EntityRef, Host } from '@perdure/actors'
import { consume, subscribe } from '@perdure/core'
import type { Storage } from '@perdure/core'
import { openStorage, projection } from '@perdure/storage-pg'
import { counterSpec } from './contenders/perdure.ts'
import type { Benchmark, Contender, Round, Runner, Target } from './harness/benchmark.ts'
import { queryOnce } from './harness/databases.ts'
import { quantile } from './harness/statistics.ts'
import { timeRound } from './harness/time-round.ts'

const counters = 100
/** Between two groups of commands of the thousand a second, milliseconds. */
const paceMs = 5
/** Between two events of a quiet system, milliseconds. */
const quietMs = 20

/** Who follows: tells `onSeen` the position of each event. */
type Follow = (
  storage: Storage,
  url: string,
  onSeen: (position: bigint) => void,
) => Promise<() => Promise<void>>

const bySubscription: Follow = async (storage, _url, onSeen) => {
  const stopping = new AbortController()
  const reading = (async () => {
    for await (const { position } of subscribe(storage, { signal: stopping.signal })) onSeen(position)
  })()
  return async () => {
    stopping.abort()
    await reading
  }
}

/** Writes a row an event in the transaction of the checkpoint. */
const byProjection: Follow = async (storage, url, onSeen) => {
  await queryOnce(url, 'create table seen (position int8 primary key)')
  const consumer = consume(storage, {
    name: 'bench',
    ...projection<{ seen: { position: bigint } }>(async (transaction, entries) => {
      for (const { position } of entries) onSeen(position)
      const rows = entries.map(({ position }) => ({ position }))
      await transaction.insertInto('seen').values(rows).execute()
    }),
  })
  return () => consumer.stop()
}

/** When commits were acknowledged, and when their events were seen, by position. */
class Times {
  readonly #acknowledgedAt = new Map<bigint, number>()
  readonly #seenAt = new Map<bigint, number>()
  #waiting: (() => void) | undefined
  #twice = 0

  acknowledge(position: bigint): void {
    this.#acknowledgedAt.set(position, performance.now())
    this.#waiting?.()
  }

  see(position: bigint): void {
    if (this.#seenAt.has(position)) this.#twice++
    this.#seenAt.set(position, performance.now())
    this.#waiting?.()
  }

  /** Until so many events have been both. */
  async until(events: number): Promise<void> {
    while (this.#seenAt.size < events || this.#acknowledgedAt.size < events)
      await new Promise<void>((resolve) => (this.#waiting = resolve))
  }

  /** From acknowledged to seen, ascending; nothing for what was seen first. */
  latenciesMs(after: number): Float64Array {
    const latencies = [...this.#acknowledgedAt]
      .filter(([position]) => position > BigInt(after))
      .map(([position, at]) => Math.max((this.#seenAt.get(position) ?? Infinity) - at, 0))
    return Float64Array.from(latencies).sort()
  }

  /** @throws Error when an event was missed, or seen twice */
  verify(events: number): void {
    if (this.#twice > 0) throw new Error(`${this.#twice} events were seen twice`)
    for (let position = 1n; position <= BigInt(events); position++)
      if (!this.#seenAt.has(position)) throw new Error(`event ${position} was missed`)
  }
}

interface Plan {
  readonly name: string
  readonly follow: Follow
  /** Whether the follower has a storage of its own, as another process would. */
  readonly isElsewhere: boolean
  readonly isIdle: boolean
}

function contender({ name, follow, isElsewhere, isIdle }: Plan): Contender {
  return {
    name,
    prepare: async ({ database, isQuick }): Promise<Runner> => {
      const url = await database()
      const times = new Times()
      const storage = noting(await openStorage(url), times)
      const host = await createHost({ specs: [counterSpec()], storage })
      const refs = await spawn(host)
      const elsewhere = isElsewhere ? await openStorage(url) : undefined
      const stop = await follow(elsewhere ?? storage, url, (position) => times.see(position))
      let events = counters
      await times.until(events)
      const operations = isIdle ? (isQuick ? 50 : 200) : isQuick ? 2_000 : 10_000
      return {
        round: async (): Promise<Round> => {
          const before = events
          events += operations
          const add = (index: number): Promise<unknown> =>
            refs[index % counters]?.ask('Add', { amount: 1, memo: 'paid' }) ?? Promise.resolve()
          const timed = await timeRound(operations, async () => {
            if (isIdle) await oneByOne(operations, add, (done) => times.until(before + done))
            else await paced(operations, add)
            await times.until(events)
          })
          return { ...timed, latenciesMs: times.latenciesMs(before) }
        },
        verify: async () => times.verify(events),
        close: async () => {
          await stop()
          await host.stop()
          await elsewhere?.close()
        },
      }
    },
  }
}

/** The storage, noting when each position was acknowledged. */
function noting(storage: Storage, times: Times): Storage {
  const commit: Storage['commit'] = async (units) => {
    const results = await storage.commit(units)
    for (const [index, result] of results.entries())
      if (result.kind === 'committed')
        for (const [offset] of (units[index]?.events ?? []).entries())
          times.acknowledge(result.firstPosition + BigInt(offset))
    return results
  }
  return new Proxy(storage, {
    get(target, name: keyof Storage) {
      if (name === 'commit') return commit
      const member: unknown = target[name]
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
}

async function spawn(host: Host): Promise<readonly EntityRef[]> {
  return Promise.all(
    Array.from({ length: counters }, (_, counter) => host.spawn('Counter', { id: `counter-${counter}` })),
  )
}

async function oneByOne(
  operations: number,
  add: (index: number) => Promise<unknown>,
  seen: (done: number) => Promise<void>,
): Promise<void> {
  for (let index = 0; index < operations; index++) {
    await add(index)
    await seen(index + 1)
    await sleep(quietMs)
  }
}

/** A thousand a second, whether or not they are through. */
async function paced(operations: number, add: (index: number) => Promise<unknown>): Promise<void> {
  const startedAt = performance.now()
  const asked: Promise<unknown>[] = []
  while (asked.length < operations) {
    const due = Math.min(Math.ceil(performance.now() - startedAt), operations)
    while (asked.length < due) asked.push(add(asked.length))
    await sleep(paceMs)
  }
  await Promise.all(asked)
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

const plans: readonly Plan[] = [
  { name: 'notice, idle', follow: bySubscription, isElsewhere: true, isIdle: true },
  { name: 'notice, 1,000/s', follow: bySubscription, isElsewhere: true, isIdle: false },
  { name: 'same process, idle', follow: bySubscription, isElsewhere: false, isIdle: true },
  { name: 'same process, 1,000/s', follow: bySubscription, isElsewhere: false, isIdle: false },
  { name: 'projection by notice, 1,000/s', follow: byProjection, isElsewhere: true, isIdle: false },
]

function tailOf(name: string): Target['valueOf'] {
  return (repeat) => {
    const latenciesMs = repeat.get(name)?.latenciesMs
    return latenciesMs && quantile(latenciesMs, 0.99)
  }
}

/** See measure: from commit to handler. */
export const benchmark: Benchmark = {
  name: 'b12-subscriber-latency',
  question: 'How long after its commit is an event with who follows the log?',
  operations: 'events',
  contenders: plans.map(contender),
  targets: plans.map(({ name }) => ({
    label: `p99, ${name}`,
    goal: { atMost: 20 },
    unit: 'ms',
    valueOf: tailOf(name),
  })),
}
