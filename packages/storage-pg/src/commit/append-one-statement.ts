// The append statement for the commonest commit of all: one event of one entity that exists. Does what appendStatement does,
// without what only a batch needs, in less than half the time (0.08 ms against 0.18 ms before the flush).
import { sql } from 'kysely'
import type { Database } from '../connect/engine.ts'
import { parameter, prepareStatement } from '../connect/statement.ts'
import type { Statement } from '../connect/statement.ts'
import type { Tables } from '../schema/tables.ts'
import { timeOf } from '../schema/time.ts'
import type { AppendRow } from './append-statement.ts'
import { gate, notice } from './log-notice.ts'
import type { PreparedUnit } from './prepared-unit.ts'

/** Compiles the statement; its locks are those of `appendStatement`, in the same order. */
export function appendOneStatement(
  database: Database,
  tables: Tables,
): Statement<readonly unknown[], AppendRow> {
  const { entities, events, logHead } = tables
  return prepareStatement(
    database,
    'append_one',
    sql<AppendRow>`
with gate as (${gate(tables)}),
given as (select ${parameter}::int8 as at, ${parameter}::int8 as deleted),
moved as (
  update ${entities} as head
  set version = head.version + 1, status = ${parameter}::text,
    updated_at = ${timeOf(sql.ref('given.at'))}, deleted_at = ${timeOf(sql.ref('given.deleted'))},
    owner = ${parameter}::int8,
    unclaimed = case when head.unclaimed = head.version then head.version + 1 end
  from given
  where head.stream = ${parameter}::uuid and head.version = ${parameter}::int8 and head.deleted_at is null
    and exists (select from gate)
  returning head.stream, head.version as sequence, head.updated_at as at
),
taken as (
  update ${logHead} as log set position = log.position + 1
  from moved
  returning log.position, moved.stream, moved.sequence, moved.at
),
stored as (
  insert into ${events} (stream, sequence, position, at, action, idempotency_key, payload)
  select stream, sequence, position, at, ${parameter}::text, ${parameter}::text, ${parameter}::json from taken
  returning 1
)
select (select array[0] from moved) as winners,
  (select position from taken) as head,
  (select count(*) from stored) as stored,
  (${notice(tables)}) as notice`,
  )
}

/** The statement's parameters for a batch of this one unit; undefined when it takes the other statement. */
export function appendOneParameters(units: readonly PreparedUnit[]): readonly unknown[] | undefined {
  const [only] = units
  if (only === undefined || units.length > 1 || only.unit.expectedVersion === 0) return undefined
  const { stream, unit, events } = only
  const [event] = events
  if (event === undefined || events.length > 1) return undefined
  const { at, action, key, payload } = event
  return [at, unit.deletedAt, unit.status, unit.owner, stream, unit.expectedVersion, action, key, payload]
}
