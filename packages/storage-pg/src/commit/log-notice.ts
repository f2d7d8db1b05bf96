// The part of a commit that wakes readers in other processes. A notice goes out with the commit, once for all of its events,
// and only while somebody has said to be waiting: a process that commits cannot know who listens, and NOTIFY makes the
// commits of a whole server queue up for one lock. Who waits says so in the row that every commit locks anyway.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Tables } from '../schema/tables.ts'

/** Locks the head of the log, and reads from the row as it is then whether anybody waits for news. */
export function gate({ logHead }: Tables): RawBuilder<unknown> {
  return sql`select position, awaited_until > now() as awaited from ${logHead} for update`
}

/** Sends the new head if positions were `taken`; it is delivered when the transaction has committed. */
export function notice({ schema }: Tables): RawBuilder<unknown> {
  return sql`select pg_notify(${sql.lit(channelOf(schema))}, taken.position::text) from taken, gate where gate.awaited limit 1`
}

/**
 * Says that somebody waits for the next minute, by the server's clock, which alone decides. A row that says so already for
 * long enough is left alone.
 */
export function awaitNotices({ logHead }: Tables): RawBuilder<unknown> {
  return sql`update ${logHead} set awaited_until = now() + interval '60 seconds'
    where awaited_until is null or awaited_until < now() + interval '45 seconds'`
}

/** How often `awaitNotices` must be said again, milliseconds. */
export const awaitAgainMs = 20_000

/** The channel of a schema; a digest, for names of channels are cut at 63 bytes. */
export function channelOf(schema: string): string {
  return `perdure_log_${createHash('sha256').update(schema).digest('hex').slice(0, 16)}`
}
