// Migrations as text, for databases whose schema only a DBA may change. The script does what `migrate` does: one transaction
// a migration, under the same lock, refusing a schema that is not at the version it starts from.
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from 'kysely'
import type { RawBuilder } from 'kysely'
import { lockMigrations, migrationsTable, recordMigration } from './bookkeeping.ts'
import type { Migration } from './migration.ts'
import type { Tables } from './tables.ts'

/** The statements of one migration, each with its semicolon. */
export function migrationStatements(tables: Tables, migration: Migration): readonly string[] {
  return migration.statements(tables).map(printStatement)
}

/** The whole of several migrations; empty when there are none. */
export function migrationScript(tables: Tables, migrations: readonly Migration[]): string {
  const first = migrations[0]?.version
  const last = migrations.at(-1)?.version
  if (first === undefined || last === undefined) return ''
  const heading = [
    `-- Perdure: schema ${tables.schema} from version ${first - 1} to ${last}.`,
    '-- Run it with psql --set ON_ERROR_STOP=1. Each migration is a transaction: what was interrupted is begun again by a new script.',
  ]
  const parts = migrations.map((migration) => transactionOf(tables, migration).join('\n'))
  return `${[heading.join('\n'), ...parts].join('\n\n')}\n`
}

function transactionOf(tables: Tables, migration: Migration): readonly string[] {
  const { version, name } = migration
  const isFirst = version === 1
  return [
    `-- ${version}: ${name}`,
    'begin;',
    printStatement(lockMigrations(tables.schema)),
    ...(isFirst
      ? [
          printStatement(sql`create schema if not exists ${sql.id(tables.schema)}`),
          printStatement(migrationsTable(tables)),
        ]
      : []),
    printStatement(requireStart(tables, version - 1)),
    ...migrationStatements(tables, migration),
    printStatement(recordMigration(tables, migration)),
    'commit;',
  ]
}

/** Fails unless the schema is at a version. */
function requireStart({ schema, migrations }: Tables, version: number): RawBuilder<unknown> {
  return sql`do $perdure$
begin
  if (select coalesce(max(version), 0) from ${migrations}) <> ${sql.lit(version)} then
    raise exception 'schema % is not at version %: make a new script', ${sql.lit(schema)}, ${sql.lit(version)};
  end if;
end
$perdure$`
}

const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (database) => new PostgresIntrospector(database),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

/** A statement as a script has it. @throws TypeError for one with parameters, which a script cannot bind */
export function printStatement(statement: RawBuilder<unknown>): string {
  const { sql: text, parameters } = statement.compile(compiler)
  if (parameters.length > 0) throw new TypeError(`a migration takes no parameters: ${text}`)
  return `${text.trim()};`
}
