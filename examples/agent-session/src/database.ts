// The database as its owner sees it, past Perdure: to show what is stored where, and to damage it behind our back.
import { join, resolve } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { Client } from 'pg'

type Row = Readonly<Record<string, unknown>>

/** A connection of one's own. */
export interface Database {
  readonly query: (sql: string, values?: readonly unknown[]) => Promise<readonly Row[]>
  readonly close: () => Promise<void>
}

/** Opens the database behind a storage URL. A PGlite directory must not be open elsewhere. */
export async function openDatabase(url: string): Promise<Database> {
  if (url.startsWith('pglite://')) {
    // The database is in `data`, beside the lock of whoever has it open.
    const db = await PGlite.create(join(resolve(url.slice('pglite://'.length)), 'data'))
    return {
      query: async (sql, values = []) => (await db.query<Row>(sql, [...values])).rows,
      close: () => db.close(),
    }
  }
  const client = new Client({ connectionString: url })
  await client.connect()
  return {
    query: async (sql, values = []) => (await client.query<Row>(sql, [...values])).rows,
    close: () => client.end(),
  }
}
