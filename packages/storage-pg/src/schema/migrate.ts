// Brings a schema to the version of this package. Called by openStorage before anything else touches the database.
import { StorageError } from '@perdure/core'
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Database } from '../connect/engine.ts'
import { readVersion, refuseNewer, requireVersion } from './found-version.ts'
import { migrations } from './migration-list.ts'
import type { Tables } from './tables.ts'

/** The schema of a storage that names none. */
export const defaultSchema = 'perdure'

/**
 * Applies what is missing, one transaction a migration, so a crash at any step is taken up by the next opener. Openers
 * that come together wait for each other. A schema that is up to date costs one query and needs no privilege to create.
 *
 * @throws StorageError `schema_too_new` when a newer version of this package has been here
 */
export async function migrate(database: Database, tables: Tables): Promise<void> {
  const start = await readVersion(database, tables)
  refuseNewer(start, tables.schema)
  for (const migration of migrations.filter(({ version }) => version > start)) {
    await database.transaction().execute(async (transaction) => {
      await sql`select pg_advisory_xact_lock(hashtextextended(${`perdure migrate ${tables.schema}`}::text, 0))`.execute(
        transaction,
      )
      const version = await readVersion(transaction, tables)
      refuseNewer(version, tables.schema)
      // Somebody else applied it while this opener waited for the lock.
      if (version >= migration.version) return
      if (version === 0) await createMigrationsTable(transaction, tables)
      await migration.apply(transaction, tables)
      await sql`insert into ${tables.migrations} (version, name, applied_at)
        values (${migration.version}::int4, ${migration.name}::text, now())`.execute(transaction)
    })
  }
}

/**
 * Makes sure, without changing anything, that the schema is there and of exactly the version of this package.
 *
 * @throws StorageError `schema_missing`, `schema_outdated`, `schema_too_new`
 */
export async function requireSchema(database: Database, tables: Tables): Promise<void> {
  requireVersion(await readVersion(database, tables), tables.schema)
}

/**
 * @throws StorageError `storage_misconfigured` unless it is a plain lower-case name of at most 63 bytes: PostgreSQL would
 *   cut a longer one, and two names could meet
 */
export function checkSchemaName(schema: string): void {
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(schema) && !schema.startsWith('pg_')) return
  throw new StorageError(
    'storage_misconfigured',
    `"${schema}" cannot be a schema: use lower-case letters, digits and underscores, at most 63, not beginning with pg_`,
  )
}

/** `create schema if not exists` would need the privilege to create schemas even where there is nothing to create. */
async function createMigrationsTable(transaction: Kysely<unknown>, tables: Tables): Promise<void> {
  const { rows } = await sql<{ found: boolean }>`select exists (
    select from pg_catalog.pg_namespace where nspname = ${tables.schema}::text
  ) as found`.execute(transaction)
  if (rows[0]?.found !== true) await sql`create schema ${sql.id(tables.schema)}`.execute(transaction)
  await sql`create table if not exists ${tables.migrations} (
    version int4 primary key,
    name text not null,
    applied_at timestamptz not null
  )`.execute(transaction)
}
