// Epoch milliseconds and timestamptz. Never by way of a timestamp's text, whose form is a setting of the session.
import { sql } from 'kysely'
import type { Expression, RawBuilder } from 'kysely'

/**
 * An int8 of epoch milliseconds as a timestamptz. Exact for every safe integer: days and the rest are added apart, since
 * intervals are multiplied in floating point, and in UTC, where every day has 24 hours.
 */
export function timeOf(milliseconds: Expression<unknown>): RawBuilder<unknown> {
  return sql`((timestamp 'epoch' + ${milliseconds} / 86400000 * interval '1 day'
    + ${milliseconds} % 86400000 * interval '1 millisecond') at time zone 'UTC')`
}

/**
 * A timestamptz as an int8 of epoch milliseconds. By way of UTC, for an expression that no setting of a session can change may
 * stand in RETURNING on a database of several servers, too.
 */
export function millisecondsOf(time: Expression<unknown>): RawBuilder<bigint> {
  return sql<bigint>`(extract(epoch from ${time} at time zone 'UTC') * 1000)::int8`
}
