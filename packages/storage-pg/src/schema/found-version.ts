// Which version a schema is at and whether this package can work with it. migrate and requireSchema ask; nothing is changed.
import { StorageError } from '@perdure/core'
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import { schemaVersion } from './migration-list.ts'
import type { Tables } from './tables.ts'

/**
 * The version of the newest migration that was applied; 0 when there is no schema.
 *
 * Asks the catalogue's tables, not `to_regclass`: that answers from a cache of the session, which still says no to who asked
 * before and has waited for the lock since.
 */
export async function readVersion(database: Kysely<unknown>, tables: Tables): Promise<number> {
  const { rows } = await sql<{ found: boolean }>`select exists (
    select from pg_catalog.pg_class as class
    join pg_catalog.pg_namespace as namespace on namespace.oid = class.relnamespace
    where namespace.nspname = ${tables.schema}::text and class.relname = 'migrations'
  ) as found`.execute(database)
  if (rows[0]?.found !== true) return 0
  const versions = await sql<{
    version: number | null
  }>`select max(version) as version from ${tables.migrations}`.execute(database)
  return versions.rows[0]?.version ?? 0
}

/** @throws StorageError `schema_too_new` */
export function refuseNewer(found: number, schema: string, known: number = schemaVersion): void {
  if (found <= known) return
  throw new StorageError(
    'schema_too_new',
    `schema "${schema}" is at version ${found}, this package knows ${known}: update @perdure/storage-pg`,
    { details: { schema, found, known } },
  )
}

/** For who may not migrate. @throws StorageError `schema_missing`, `schema_outdated`, `schema_too_new` */
export function requireVersion(found: number, schema: string, known: number = schemaVersion): void {
  refuseNewer(found, schema, known)
  if (found === known) return
  if (found === 0) {
    throw new StorageError(
      'schema_missing',
      `there is no schema "${schema}" of Perdure in this database: check URL and schema name, or open it with migrations allowed to create one`,
      { details: { schema } },
    )
  }
  throw new StorageError(
    'schema_outdated',
    `schema "${schema}" is at version ${found}, this package needs ${known}: run "perdure migrate", or open it with migrations allowed`,
    { details: { schema, found, known } },
  )
}
