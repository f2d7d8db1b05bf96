// Plain PGlite in memory, with the statements and rows of raw-pg.ts: what the embedded database itself takes.
import { PGlite } from '@electric-sql/pglite'
import type { CounterSystem } from './counter-system.ts'
import { rawCounters, writeGrouped, writeSingly } from './raw-pg.ts'
import type { RawDatabase } from './raw-pg.ts'

async function openRaw(): Promise<RawDatabase> {
  const pglite = await PGlite.create()
  return {
    run: (text) => pglite.exec(text),
    query: async ({ text, values }) => (await pglite.query(text, [...values])).rows,
    close: () => pglite.close(),
  }
}

/** Every event is an insert of its own. */
export async function pgliteSingleInserts(counters: number): Promise<CounterSystem> {
  return rawCounters(await openRaw(), counters, writeSingly)
}

/** What has gathered while a statement was under way is the next one. */
export async function pgliteGroupedInserts(counters: number): Promise<CounterSystem> {
  return rawCounters(await openRaw(), counters, writeGrouped)
}
