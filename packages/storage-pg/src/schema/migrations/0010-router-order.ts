// Requests of one sender are handed over in the order in which they were sent. Numbers of senders that come at once may lie
// between each other's; nobody asks about those.
import { sql } from 'kysely'
import type { Migration } from '../migration.ts'

/** The order of requests between hosts. */
export const routerOrder: Migration = {
  version: 10,
  name: 'router-order',
  statements: ({ routerRequests }) => [
    sql`alter table ${routerRequests} add column nth int8 generated always as identity`,
  ],
}
