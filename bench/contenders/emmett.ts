// Emmett's PostgreSQL event store: its append, and its command handler (read the stream, decide, append).
import { CommandHandler } from '@event-driven-io/emmett'
import type { Event } from '@event-driven-io/emmett'
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql'
import type { PostgresEventStore } from '@event-driven-io/emmett-postgresql'
import { queryOnce } from '../harness/databases.ts'
import type { Addition, CounterSystem } from './counter-system.ts'

/** An addition as an Emmett event. */
export type Added = Event<'Added', Addition>

interface Counter {
  readonly count: number
}

/** How a counter is folded. */
export const folding: { initialState: () => Counter; evolve: (state: Counter, event: Added) => Counter } = {
  initialState: () => ({ count: 0 }),
  evolve: ({ count }, { data }) => ({ count: count + data.amount }),
}

/** Opens a store and makes its tables. */
export async function openEmmett(url: string): Promise<PostgresEventStore> {
  const store = getPostgreSQLEventStore(url)
  await store.schema.migrate()
  return store
}

/** Appends at the version that the caller knows: the least that Emmett can do for a command. */
export async function emmettAppends(url: string, counters: number): Promise<CounterSystem> {
  const store = await openEmmett(url)
  const versions = Array.from({ length: counters }, () => 0n)
  return systemOf(url, store, 0, (counter, addition) => {
    const expected = versions[counter] ?? 0n
    versions[counter] = expected + 1n
    const options = expected === 0n ? {} : { expectedStreamVersion: expected }
    return store.appendToStream<Added>(streamOf(counter), [eventOf(addition)], options)
  })
}

/** Its command handler, on streams that hold so many events already. */
export async function emmettHandler(
  url: string,
  counters: number,
  eventsBefore: number,
): Promise<CounterSystem> {
  const store = await openEmmett(url)
  const nothing = eventOf({ amount: 0, memo: 'before the first command' })
  for (let counter = 0; counter < counters; counter++) {
    const events = Array.from({ length: eventsBefore }, () => nothing)
    await store.appendToStream<Added>(streamOf(counter), events)
  }
  const handle = CommandHandler<Counter, Added>(folding)
  return systemOf(url, store, counters * eventsBefore, (counter, addition) =>
    handle(store, streamOf(counter), () => eventOf(addition)),
  )
}

function systemOf(
  url: string,
  store: PostgresEventStore,
  eventsBefore: number,
  add: CounterSystem['add'],
): CounterSystem {
  return {
    add,
    countStored: async () => {
      const [row] = await queryOnce<{ count: string }>(url, 'select count(*) from emt_messages')
      return Number(row?.count) - eventsBefore
    },
    readCount: async (counter) => {
      const { state } = await store.aggregateStream<Counter, Added>(streamOf(counter), folding)
      return state.count
    },
    close: () => store.close(),
  }
}

function eventOf(data: Addition): Added {
  return { type: 'Added', data: { ...data } }
}

function streamOf(counter: number): string {
  return `counter-${counter}`
}
