// Bodies taken over from a table that kept them by record. Reasons that the SQL cannot tell:
// - `body_imports.cursor` is the id of the last record, as text; it moves in the transaction that stores the records.
// - `imported_bodies` is the application's way from a record to its content; the reference that keeps the content is in
//   `blob_refs`, under the stream of the import.
import { sql } from 'kysely'
import type { Migration } from '../migration.ts'

/** Imports and what they imported. */
export const importedBodiesOf: Migration = {
  version: 6,
  name: 'imported-bodies',
  statements: ({ bodyImports, importedBodies }) => [
    sql`create table ${bodyImports} (
      tenant text collate "C" not null,
      source text collate "C" not null,
      cursor text,
      imported int8 not null default 0,
      empty int8 not null default 0,
      expired int8 not null default 0,
      primary key (tenant, source)
    )`,
    sql`create table ${importedBodies} (
      tenant text collate "C" not null,
      source text collate "C" not null,
      record text collate "C" not null,
      hash bytea not null,
      size int8 not null,
      primary key (tenant, source, record)
    )`,
  ],
}
