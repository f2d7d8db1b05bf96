// What stays of an erased entity. Reasons that the SQL cannot tell:
// - `erasures` holds counts and who asked, nothing of the entity; its name is in `entities`, which keeps its head.
// - `erased_positions` accounts for the positions that its events had, in runs: without it nobody could tell an erased event
//   from a lost one. Its key begins with the stream, so that it is distributed as the events are.
import { sql } from 'kysely'
import type { Migration } from '../migration.ts'

/** Records of erased entities. */
export const erasures: Migration = {
  version: 5,
  name: 'erasures',
  statements: ({ entities, erasures: records, erasedPositions }) => [
    sql`alter table ${entities} add column erased_at timestamptz`,
    sql`create table ${records} (
        stream uuid primary key,
        erased_at timestamptz not null,
        erased_by text,
        events int8 not null,
        snapshots int8 not null,
        refs int8 not null,
        blobs int8 not null
      )`,
    sql`create table ${erasedPositions} (
        stream uuid not null,
        first int8 not null,
        last int8 not null check (last >= first),
        primary key (stream, first)
      )`,
    sql`create index erased_positions_last on ${erasedPositions} (last)`,
  ],
}
