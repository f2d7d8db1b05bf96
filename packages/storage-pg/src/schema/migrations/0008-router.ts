// What hosts send each other through PostgreSQL. Reasons that the SQL cannot tell:
// - Unlogged: a request lives for seconds, and a commit that changes nothing else waits for no disk. After a crash of the server
//   the tables are empty: seats are taken again, and a request that is gone goes unanswered.
// - A request stays one row until its sender has the answer, so that of two who are told of it one claims it, and one that
//   nobody has claimed can be called back for certain.
import { sql } from 'kysely'
import type { Migration } from '../migration.ts'

/** Requests between hosts, and who takes them. */
export const router: Migration = {
  version: 8,
  name: 'router',
  statements: ({ routerSeats, routerRequests }) => [
    sql`create unlogged table ${routerSeats} (
        address text collate "C" primary key,
        channel text collate "C" not null,
        seen_at timestamptz not null
      )`,
    sql`create unlogged table ${routerRequests} (
        id text collate "C" primary key,
        address text collate "C" not null,
        sender text collate "C" not null,
        body text not null,
        expires_at timestamptz not null,
        claimed_at timestamptz,
        answered_at timestamptz,
        answer text
      )`,
    sql`create index router_requests_unclaimed on ${routerRequests} (address) where claimed_at is null`,
  ],
}
