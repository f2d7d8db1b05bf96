// Readers of the log. Reasons that the SQL cannot tell:
// - `log_head.awaited_until` says that somebody listens for new events, so that commits announce themselves only then. It is
//   in the row that every commit locks and writes anyway.
// - `consumers.epoch` counts who has had the work of a consumer; a checkpoint is moved only under the epoch it was claimed
//   with, so a worker that was thought dead cannot move it.
import { sql } from 'kysely'
import type { Migration } from '../migration.ts'

/** Named consumers, and whether anybody waits for news. */
export const logReaders: Migration = {
  version: 3,
  name: 'log-readers',
  statements: ({ consumers, logHead }) => [
    sql`alter table ${logHead} add column awaited_until timestamptz`,
    sql`create table ${consumers} (
      name text collate "C" primary key,
      position int8 not null check (position >= 0),
      attempts int4 not null default 0,
      next_attempt_at timestamptz,
      blocked_at timestamptz,
      last_error text,
      epoch int8 not null,
      owner text collate "C",
      held_until timestamptz,
      updated_at timestamptz not null
    )`,
  ],
}
