// The statements around a migration, for whoever runs it and for whoever prints it.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Migration } from './migration.ts'
import type { Tables } from './tables.ts'

/** Waits until nobody else migrates the schema; held until the transaction ends. */
export function lockMigrations(schema: string): RawBuilder<unknown> {
  return sql`select pg_advisory_xact_lock(hashtextextended(${sql.lit(`perdure migrate ${schema}`)}, 0))`
}

/** Where applied migrations are noted. */
export function migrationsTable({ migrations }: Tables): RawBuilder<unknown> {
  return sql`create table if not exists ${migrations} (
    version int4 primary key,
    name text not null,
    applied_at timestamptz not null
  )`
}

/** Notes that a migration was applied. */
export function recordMigration({ migrations }: Tables, { version, name }: Migration): RawBuilder<unknown> {
  return sql`insert into ${migrations} (version, name, applied_at)
    values (${sql.lit(version)}, ${sql.lit(name)}, now())`
}
