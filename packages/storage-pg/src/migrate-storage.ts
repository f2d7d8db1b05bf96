// Migrating without opening a storage: `perdure migrate` looks, prints or applies through here.
import { checkServer } from './schema/check-server.ts'
import { readVersion, refuseNewer } from './schema/found-version.ts'
import { checkSchemaName, defaultSchema, migrate } from './schema/migrate.ts'
import { migrations, schemaVersion } from './schema/migration-list.ts'
import { migrationScript, migrationStatements } from './schema/migration-script.ts'
import type { Migration } from './schema/migration.ts'
import { tablesOf } from './schema/tables.ts'
import type { Tables } from './schema/tables.ts'
import type { Database } from './connect/engine.ts'
import { translateError } from './connect/sqlstate.ts'
import { openEngine } from './open-storage.ts'
import type { StorageOptions } from './open-storage.ts'

/** One migration, as it would be or was applied. */
export interface MigrationStep {
  readonly version: number
  readonly name: string
  readonly statements: readonly string[]
}

/** Where a schema stands and what is missing. */
export interface MigrationPlan {
  readonly schema: string
  /** The version found; 0 when there is no schema. */
  readonly from: number
  /** The version of this package. */
  readonly to: number
  readonly steps: readonly MigrationStep[]
  /** All steps as one script that leads to the same schema; empty when there are none. */
  readonly script: string
}

/** Which schema, and how to reach it. */
export type MigrateOptions = Pick<StorageOptions, 'schema' | 'pool' | 'logger' | 'probe'>

/**
 * Brings a schema up to date, as `openStorage` does, and says what it did: the steps are those that this call applied.
 *
 * @throws StorageError as `openStorage` does
 */
export async function migrateStorage(url: string, options: MigrateOptions = {}): Promise<MigrationPlan> {
  return withTables(url, options, true, async (database, tables) => {
    const applied = await migrate(database, tables, options.probe)
    return planOf(tables, (applied[0]?.version ?? schemaVersion + 1) - 1, applied)
  })
}

/**
 * What `migrateStorage` would do; changes nothing.
 *
 * @throws StorageError as `openStorage` does; `schema_missing` for a PGlite directory that is not there
 */
export async function planMigration(url: string, options: MigrateOptions = {}): Promise<MigrationPlan> {
  return withTables(url, options, false, async (database, tables) => {
    const found = await readVersion(database, tables)
    refuseNewer(found, tables.schema)
    return planOf(tables, found)
  })
}

/** The plan for a schema that is at a version, without looking at any. @throws RangeError when there is no such version */
export function planMigrationFrom(version: number, schema: string = defaultSchema): MigrationPlan {
  checkSchemaName(schema)
  if (!Number.isInteger(version) || version < 0 || version > schemaVersion)
    throw new RangeError(`there is no schema version ${version}; the newest is ${schemaVersion}`)
  return planOf(tablesOf(schema), version)
}

function planOf(
  tables: Tables,
  from: number,
  steps: readonly Migration[] = migrations.filter(({ version }) => version > from),
): MigrationPlan {
  return {
    schema: tables.schema,
    from,
    to: schemaVersion,
    steps: steps.map((migration) => ({
      version: migration.version,
      name: migration.name,
      statements: migrationStatements(tables, migration),
    })),
    script: migrationScript(tables, steps),
  }
}

/** Opens the database for work on its schema, and closes it. */
export async function withTables<Result>(
  url: string,
  { schema = defaultSchema, ...options }: MigrateOptions,
  mayCreate: boolean,
  work: (database: Database, tables: Tables) => Promise<Result>,
): Promise<Result> {
  checkSchemaName(schema)
  const engine = await openEngine(url, { ...options, migrate: mayCreate })
  try {
    await checkServer(engine.database)
    return await work(engine.database, tablesOf(schema))
  } catch (error) {
    throw translateError(error, `migrating schema "${schema}"`)
  } finally {
    await engine.close()
  }
}
