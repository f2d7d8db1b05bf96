// What a server must be before anything is stored on it; better refused at opening than regretted later.
import { StorageError } from '@perdure/core'
import { sql } from 'kysely'
import type { Database } from '../connect/engine.ts'

/** PostgreSQL 14, as `server_version_num` has it. */
const oldestVersion = 140_000

/**
 * Makes sure that the server is new enough and stores text in UTF-8: in any other encoding some text could not be stored,
 * and in SQL_ASCII nobody would notice.
 *
 * @throws StorageError `storage_misconfigured`
 */
export async function checkServer(database: Database): Promise<void> {
  const { rows } = await sql<{ version: number; encoding: string }>`
    select current_setting('server_version_num')::int4 as version, current_setting('server_encoding') as encoding`.execute(
    database,
  )
  const [row] = rows
  if (row === undefined) return
  if (row.version < oldestVersion) {
    const major = Math.floor(row.version / 10_000)
    throw misconfigured(`the server is PostgreSQL ${major}; PostgreSQL 14 or later is needed`)
  }
  if (row.encoding !== 'UTF8') {
    throw misconfigured(`the database has the encoding ${row.encoding}; create one with encoding 'UTF8'`)
  }
}

function misconfigured(why: string): StorageError {
  return new StorageError('storage_misconfigured', why)
}

/** Whether tables may lie on several servers: the catalogue of Citus is there. */
export async function mayBeDistributed(database: Database): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select to_regclass('pg_dist_partition') is not null as found`.execute(database)
  return rows[0]?.found === true
}
