// Brings a schema to the version of this package. Called by openStorage before anything else touches the database.
import { noProbe, StorageError } from '@perdure/core'
import type { Probe } from '@perdure/core'
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Database } from '../connect/engine.ts'
import { readVersion, refuseNewer, requireVersion } from './found-version.ts'
import { lockMigrations, migrationsTable, recordMigration } from './bookkeeping.ts'
import { migrations } from './migration-list.ts'
import type { Migration } from './migration.ts'
import type { Tables } from './tables.ts'

/** The schema of a storage that names none. */
export const defaultSchema = 'perdure'

/** Points between the steps of a migration; a host that dies at any of them leaves a schema that the next one takes on from. */
export const migrationPoints = {
  /** The transaction has begun and holds the lock. */
  locked: 'storage.migrate.locked',
  /** One of the statements has run. */
  step: 'storage.migrate.step',
  /** The version is written, not committed. */
  recorded: 'storage.migrate.recorded',
  /** The version is committed. */
  applied: 'storage.migrate.applied',
} as const

/**
 * Applies what is missing, one transaction a migration, so a crash at any step is taken up by the next opener. Openers
 * that come together wait for each other. A schema that is up to date costs one query and needs no privilege to create.
 *
 * @returns the migrations that this call applied
 * @throws StorageError `schema_too_new` when a newer version of this package has been here
 */
export async function migrate(
  database: Database,
  tables: Tables,
  probe: Probe = noProbe,
): Promise<readonly Migration[]> {
  const start = await readVersion(database, tables)
  refuseNewer(start, tables.schema)
  const applied: Migration[] = []
  for (const migration of migrations.filter(({ version }) => version > start)) {
    const facts = { version: migration.version }
    const isMine = await database.transaction().execute(async (transaction) => {
      await lockMigrations(tables.schema).execute(transaction)
      await probe(migrationPoints.locked, facts)
      const version = await readVersion(transaction, tables)
      refuseNewer(version, tables.schema)
      // Somebody else applied it while this opener waited for the lock.
      if (version >= migration.version) return false
      if (version === 0) await createMigrationsTable(transaction, tables)
      for (const statement of migration.statements(tables)) {
        await statement.execute(transaction)
        await probe(migrationPoints.step, facts)
      }
      await recordMigration(tables, migration).execute(transaction)
      await probe(migrationPoints.recorded, facts)
      return true
    })
    if (isMine) applied.push(migration)
    await probe(migrationPoints.applied, facts)
  }
  return applied
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
  await migrationsTable(tables).execute(transaction)
}
