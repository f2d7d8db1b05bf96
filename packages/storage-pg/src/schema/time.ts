// Epoch milliseconds and timestamptz. Never by way of a timestamp's text, whose form is a setting of the session.
import { sql } from 'kysely'
import type { Expression, RawBuilder } from 'kysely'

/** An int8 of epoch milliseconds as a timestamptz, exact to the microsecond until the year 2255. */
export function timeOf(milliseconds: Expression<unknown>): RawBuilder<unknown> {
  return sql`(timestamptz 'epoch' + ${milliseconds} * interval '1 millisecond')`
}

/** A timestamptz as an int8 of epoch milliseconds. */
export function millisecondsOf(time: Expression<unknown>): RawBuilder<bigint> {
  return sql<bigint>`(extract(epoch from ${time}) * 1000)::int8`
}
