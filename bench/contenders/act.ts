// Act with its PostgreSQL store. Imported when it is used: it configures itself, and its logger, on import.
import { queryOnce } from '../harness/databases.ts'
import type { CounterSystem } from './counter-system.ts'

/** Counters as Act state machines, with a snapshot every 100 events as Perdure has. */
export async function actCounters(url: string): Promise<CounterSystem> {
  const { act, state, store } = await import('@rotorsoft/act')
  const { PostgresStore } = await import('@rotorsoft/act-pg')
  const { z } = await import('zod')
  const addition = z.object({ amount: z.number(), memo: z.string() })
  const counter = state('Counter', z.object({ count: z.number() }))
    .init(() => ({ count: 0 }))
    .emits({ Added: addition })
    .patch({ Added: ({ data }, { count }) => ({ count: count + data.amount }) })
    .on('Add', addition)
    .emit(({ amount, memo }) => ['Added', { amount, memo }])
    .snap(({ patches }) => patches >= 100)
    .build()
  const { hostname, port, pathname, username, password } = new URL(url)
  const database = {
    host: hostname,
    port: Number(port),
    database: pathname.slice(1),
    user: username,
    password,
  }
  const events = store(new PostgresStore(database))
  await events.seed()
  const app = act().with(counter).build()
  const actor = { id: 'bench', name: 'bench' }
  return {
    add: (index, { amount, memo }) => app.do('Add', { stream: streamOf(index), actor }, { amount, memo }),
    countStored: async () => {
      const [row] = await queryOnce<{ count: string }>(
        url,
        "select count(*) from events where name = 'Added'",
      )
      return Number(row?.count)
    },
    readCount: async (index) => (await app.load(counter, streamOf(index))).state.count,
    close: async () => {
      await events.dispose()
    },
  }
}

function streamOf(counter: number): string {
  return `counter-${counter}`
}
