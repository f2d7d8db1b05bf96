// The statement at the heart of a commit: it decides which units win, moves their heads, takes positions for their events
// and stores them, for any number of units in one round trip. commit.ts runs it; nothing else writes events.
import { sql } from 'kysely'
import type { Database } from '../connect/engine.ts'
import { parameter, prepareStatement } from '../connect/statement.ts'
import type { Statement } from '../connect/statement.ts'
import type { Tables } from '../schema/tables.ts'
import { timeOf } from '../schema/time.ts'
import { gate, notice } from './log-notice.ts'
import type { PreparedEvent, PreparedUnit } from './prepared-unit.ts'

/** What one run of the statement did. */
export interface AppendRow {
  /** Indexes (into the units given) of those that won, ascending; null: none. */
  readonly winners: readonly number[] | null
  /** The log's newest position after it; null when nobody won. */
  readonly head: bigint | null
  /** Events stored. */
  readonly stored: bigint
}

/**
 * Compiles the statement. How it goes:
 *
 * 1. `gate` locks the log's head. Commits pass it one at a time, so they cannot deadlock on heads, blobs or references,
 *    and positions appear in the order in which commits become visible.
 * 2. `moved` moves the heads that are where their unit expects them; `created` inserts the new ones that are still free.
 *    Who finds no row has lost, without an error, and without a cost to its neighbours.
 * 3. `won` lines the winners up; `taken` takes exactly as many positions as they have events: no gaps, ever.
 * 4. `stored` inserts their events. An event's columns come as one line of tab-separated text, all of a batch in one
 *    parameter: arrays of JSON cost the client an escape, and the server a parse, of every byte.
 *
 * `unclaimed` goes along with the version of an entity that never claimed a content; whoever writes claims empties it.
 *
 * Last, `notice` tells those who listen in other processes, if `gate` found that there are any: see log-notice.ts.
 *
 * `created` returns no more than it inserted, so its units are found again by stream, through a hashed subplan: a join
 * would be planned for ten rows and run for thousands.
 */
export function appendStatement(
  database: Database,
  tables: Tables,
): Statement<readonly unknown[], AppendRow> {
  const { entities, events, logHead } = tables
  return prepareStatement(
    database,
    'append',
    sql<AppendRow>`
with gate as (${gate(tables)}),
movers as (
  select * from unnest(
    ${parameter}::uuid[], ${parameter}::int8[], ${parameter}::int4[], ${parameter}::text[], ${parameter}::int8[],
    ${parameter}::int8[], ${parameter}::int8[], ${parameter}::int4[], string_to_array(${parameter}::text, e'\\x1e')
  ) as unit (stream, expected, count, status, at, deleted, owner, ordinal, lines)
),
creators as (
  select * from unnest(
    ${parameter}::uuid[], ${parameter}::text[], ${parameter}::text[], ${parameter}::text[], ${parameter}::int4[],
    ${parameter}::text[], ${parameter}::int8[], ${parameter}::int8[], ${parameter}::int8[], ${parameter}::int4[],
    string_to_array(${parameter}::text, e'\\x1e')
  ) as unit (stream, tenant, type, id, count, status, at, deleted, owner, ordinal, lines)
),
moved as (
  update ${entities} as head
  set version = unit.expected + unit.count, status = unit.status,
    updated_at = ${timeOf(sql.ref('unit.at'))}, deleted_at = ${timeOf(sql.ref('unit.deleted'))},
    owner = unit.owner,
    unclaimed = case when head.unclaimed = head.version then unit.expected + unit.count end
  from movers as unit
  where head.stream = unit.stream and head.version = unit.expected and head.deleted_at is null
    and exists (select from gate)
  returning unit.stream, unit.expected, unit.count, unit.ordinal, unit.lines
),
created as (
  insert into ${entities} (stream, tenant, type, id, version, status, updated_at, deleted_at, owner, unclaimed)
  select unit.stream, unit.tenant, unit.type, unit.id, unit.count, unit.status,
    ${timeOf(sql.ref('unit.at'))}, ${timeOf(sql.ref('unit.deleted'))}, unit.owner, unit.count
  from creators as unit
  where exists (select from gate)
  on conflict (stream) do nothing
  returning stream
),
won as (
  select *, sum(count) over (order by ordinal) - count as before from (
    select stream, expected, count, ordinal, lines from moved
    union all
    select stream, 0, count, ordinal, lines from creators
    where (stream in (select stream from created)) is true
  ) as winner
),
taken as (
  update ${logHead} set position = position + (select sum(count) from won)
  where exists (select from won)
  returning position
),
stored as (
  insert into ${events} (stream, sequence, position, action, at, idempotency_key, payload)
  select winner.stream, winner.expected + event.nth,
    (select position from taken) - (select sum(count) from won) + winner.before + event.nth,
    split_part(event.line, e'\\t', 2),
    ${timeOf(sql`split_part(event.line, e'\\t', 1)::int8`)},
    substr(nullif(split_part(event.line, e'\\t', 3), ''), 2),
    split_part(event.line, e'\\t', 4)::json
  from won as winner, unnest(string_to_array(winner.lines, e'\\n')) with ordinality as event (line, nth)
  returning 1
)
select (select array_agg(ordinal order by ordinal) from won) as winners,
  (select position from taken) as head,
  (select count(*) from stored) as stored,
  (${notice(tables)}) as notice`,
  )
}

/**
 * The statement's parameters: columns of the units that move a head, then columns of those that create one. `ordinal` is the
 * index into `units`.
 */
export function appendParameters(units: readonly PreparedUnit[]): readonly unknown[] {
  const numbered = units.map((prepared, ordinal) => ({ prepared, ordinal }))
  const movers = numbered.filter(({ prepared }) => prepared.unit.expectedVersion > 0)
  const creators = numbered.filter(({ prepared }) => prepared.unit.expectedVersion === 0)
  return [
    movers.map(({ prepared }) => prepared.stream),
    movers.map(({ prepared }) => prepared.unit.expectedVersion),
    ...sharedColumns(movers),
    creators.map(({ prepared }) => prepared.stream),
    creators.map(({ prepared }) => prepared.unit.entity.tenant),
    creators.map(({ prepared }) => prepared.unit.entity.type),
    creators.map(({ prepared }) => prepared.unit.entity.id),
    ...sharedColumns(creators),
  ]
}

function sharedColumns(
  units: readonly { readonly prepared: PreparedUnit; readonly ordinal: number }[],
): readonly unknown[] {
  return [
    units.map(({ prepared }) => prepared.unit.events.length),
    units.map(({ prepared }) => prepared.unit.status),
    units.map(({ prepared }) => prepared.unit.events.at(-1)?.at),
    units.map(({ prepared }) => prepared.unit.deletedAt),
    ownersOf(units),
    units.map(({ ordinal }) => ordinal),
    units.map(({ prepared }) => prepared.events.map(lineOf).join('\n')).join('\u001e'),
  ]
}

/** A column that is shorter than the others goes on with nulls: where nobody has a lease, it costs nothing. */
function ownersOf(units: readonly { readonly prepared: PreparedUnit }[]): readonly unknown[] {
  if (units.every(({ prepared }) => prepared.unit.owner === undefined)) return []
  return units.map(({ prepared }) => prepared.unit.owner)
}

/** None of the parts has a raw tab, newline or separator in it: they are JSON, or escaped like it. */
function lineOf({ at, action, key, payload }: PreparedEvent): string {
  return `${at}\t${action}\t${key === undefined ? '' : `=${key}`}\t${payload}`
}
