// Spreads a schema over the nodes of a distributed PostgreSQL, once, or prints what that takes.
import { StorageError } from '@perdure/core'
import { sql } from 'kysely'
import type { MigrateOptions } from './migrate-storage.ts'
import { withTables } from './migrate-storage.ts'
import { describeDistribution, distributionStatements } from './schema/distribution.ts'
import { checkSchemaName, defaultSchema, requireSchema } from './schema/migrate.ts'
import { printStatement } from './schema/migration-script.ts'
import { tablesOf } from './schema/tables.ts'

/** The script that `distributeStorage` runs, for a schema that is up to date. */
export function distributionScript(schema: string = defaultSchema): string {
  checkSchemaName(schema)
  const statements = distributionStatements(tablesOf(schema)).map(printStatement)
  return [
    `-- Perdure: spread schema ${schema} over the nodes of Citus. Stop every host first; it locks all tables.`,
    ...describeDistribution().map((line) => `-- ${line}`),
    'begin;',
    ...statements,
    'commit;',
    '',
  ].join('\n')
}

/**
 * Spreads the tables over the nodes. Running it again changes nothing. Stop every host first: it locks all tables.
 *
 * @returns where each table lies, a line a table, for people
 * @throws StorageError `storage_misconfigured` when the database has no Citus; `schema_missing`, `schema_outdated`
 */
export async function distributeStorage(
  url: string,
  options: MigrateOptions = {},
): Promise<readonly string[]> {
  await withTables(url, options, false, async (database, tables) => {
    await requireSchema(database, tables)
    const { rows } = await sql<{ found: boolean }>`
      select exists (select from pg_catalog.pg_extension where extname = 'citus') as found`.execute(database)
    if (rows[0]?.found !== true) {
      throw new StorageError(
        'storage_misconfigured',
        'the database has no Citus: run "create extension citus" on the coordinator first; one server needs no distribution',
      )
    }
    await database.transaction().execute(async (transaction) => {
      for (const statement of distributionStatements(tables)) await statement.execute(transaction)
    })
  })
  return describeDistribution()
}
