// Which hosts are alive, and whose an entity is. Reasons that the SQL cannot tell:
// - An entity's lease is a column of its head, which every commit writes anyway: owning an entity costs no write of its own, and
//   a host lets go of all it has by the removal of one row. No index, so that moving a head stays in its page.
// - `hosts.lease` is an identity: a host that was away comes back under another number, and what it wrote under the old one
//   belongs to nobody.
// - `renewed_at` is for people. Whether a host is alive is told by `beat` moving on: clocks need not agree.
import { sql } from 'kysely'
import type { Migration } from '../migration.ts'

/** Leases of hosts. */
export const hostLeases: Migration = {
  version: 7,
  name: 'host-leases',
  statements: ({ entities, hosts }) => [
    sql`alter table ${entities} add column owner int8`,
    sql`create table ${hosts} (
        lease int8 generated always as identity primary key,
        host text collate "C" not null,
        beat int8 not null default 0,
        lease_ms int8 not null,
        renewed_at timestamptz not null default now()
      )`,
  ],
}
