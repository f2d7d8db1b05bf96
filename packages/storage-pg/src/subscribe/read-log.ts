// Reads the log by position. Positions are dense and appear in the order in which commits become visible, so a page and the
// head read in one statement, hence one snapshot, leave nothing to wait for: there is no gap that could still be filled.
import { defaultLogBytes, defaultLogLimit, StorageError } from '@perdure/core'
import type { LogEntry, LogPage, LogRange } from '@perdure/core'
import { sql } from 'kysely'
import type { Expression, RawBuilder } from 'kysely'
import type { Database } from '../connect/engine.ts'
import { parameter, prepareStatement } from '../connect/statement.ts'
import type { Statement } from '../connect/statement.ts'
import { isPayload } from '../event-payload.ts'
import type { Tables } from '../schema/tables.ts'
import type { StorageContext } from '../storage-context.ts'
import { settledPositions } from './settled-positions.ts'

/** A page; one row without a position when there is no entry. */
export type ReadLogStatement = Statement<
  [
    after: bigint,
    scanned: number,
    types: readonly string[] | null,
    tenant: string | null,
    limit: number,
    maxBytes: number,
  ],
  LogRow
>

interface LogRow {
  readonly head: bigint
  /** How many entries the page would have without a limit on bytes. */
  readonly candidates: bigint | null
  readonly position: bigint | null
  readonly sequence: bigint | null
  readonly tenant: string | null
  readonly type: string | null
  readonly id: string | null
  readonly payload: string | null
}

/** Positions that one page looks through, whatever it finds: so a reader of something rare comes back now and then. */
const scannedPositions = 10_000

/**
 * Compiles it. The head is read first, and what is read after it goes no further: on several servers the parts of a statement do
 * not see one moment, and a head that is newer than the entries would have a reader skip those in between.
 */
export function readLogStatement(database: Database, tables: Tables): ReadLogStatement {
  return prepareStatement(
    database,
    'read_log',
    sql<LogRow>`
      with log as materialized (select position from ${tables.logHead}),
      entry as (${withinBytes(
        sql`
          select event.position, event.sequence, event.payload, head.tenant, head.type, head.id
          from (
            select ${parameter}::int8 as after, ${parameter}::int8 as scanned, ${parameter}::text[] as types,
              ${parameter}::text as tenant
          ) as wanted
          join ${tables.events} as event on event.position > wanted.after
            and event.position <= least((select position from log), wanted.after + wanted.scanned)
          left join ${tables.entities} as head on head.stream = event.stream
          where (wanted.types is null or head.type is null or head.type = any(wanted.types))
            and (wanted.tenant is null or head.tenant is null or head.tenant = wanted.tenant)
          order by event.position
          limit ${parameter}::int8`,
      )})
      select log.position as head, entry.candidates, entry.position, entry.sequence,
        entry.tenant, entry.type, entry.id, entry.payload
      from log left join entry on true
      order by entry.position`,
  )
}

/**
 * Cuts a page before it takes too many bytes. In two steps, for the size of a text that is stored elsewhere, and compressed,
 * is known only once it is fetched: what is stored already adds up to too much is not fetched to be weighed.
 */
function withinBytes(events: Expression<unknown>): RawBuilder<unknown> {
  return sql`
    select * from (
      select *, sum(octet_length(payload::text)) over in_order as total from (
        select *, count(*) over () as candidates,
          sum(pg_column_size(payload)) over in_order - pg_column_size(payload) as stored_before
        from (${events}) as event
        window in_order as (order by position rows unbounded preceding)
      ) as weighed, (select ${parameter}::int8 as bytes) as budget
      where stored_before < bytes
      window in_order as (order by position rows unbounded preceding)
    ) as measured
    where total <= bytes or stored_before = 0`
}

/** See `Storage.readLog`. */
export async function readLog(context: StorageContext, range: LogRange): Promise<LogPage> {
  const { database, statements, isDistributed } = context
  const { after, limit = defaultLogLimit, maxBytes = defaultLogBytes, types, tenant } = range
  const settled = isDistributed ? await settledPositions(context, after, scannedPositions) : undefined
  if (settled?.count === 0) return { entries: [], seenUpTo: after, head: settled.head }
  const scanned = settled?.count ?? scannedPositions
  const { rows } = await statements.readLog.run(database, [
    after,
    scanned,
    types ?? null,
    tenant ?? null,
    Math.max(limit, 0),
    maxBytes,
  ])
  const head = rows[0]?.head ?? 0n
  const entries = decodeEntries(rows.filter((row) => row.position !== null))
  const last = entries.at(-1)?.position
  const isCut =
    last !== undefined && (entries.length >= limit || entries.length < Number(rows[0]?.candidates))
  return { entries, seenUpTo: isCut ? last : scannedUpTo(after, head, limit <= 0 ? 0 : scanned), head }
}

function scannedUpTo(after: bigint, head: bigint, positions: number): bigint {
  const scanned = after + BigInt(positions)
  const upTo = scanned < head ? scanned : head
  return upTo > after ? upTo : after
}

/** One parse for all payloads is about twice as fast as one for each. */
function decodeEntries(rows: readonly LogRow[]): LogEntry[] {
  const payloads = parseAll(rows)
  return rows.map((row, index) => {
    const { position, sequence, tenant, type, id } = row
    const payload = payloads[index]
    if (position === null || tenant === null || type === null || id === null || !isPayload(payload))
      throw corruptEntry(row)
    return { position, event: { tenant, type, id, sequence: Number(sequence), ...payload } }
  })
}

function parseAll(rows: readonly LogRow[]): readonly unknown[] {
  try {
    const payloads = JSON.parse(`[${rows.map(({ payload }) => payload).join(',')}]`) as unknown[]
    if (payloads.length === rows.length) return payloads
  } catch {
    // Found below: the one that is no JSON.
  }
  return rows.map((row) => {
    try {
      return JSON.parse(row.payload ?? '') as unknown
    } catch (error) {
      throw corruptEntry(row, error)
    }
  })
}

function corruptEntry({ position, tenant, type, id }: LogRow, cause?: unknown): StorageError {
  const entity = id === null ? 'an entity without a head' : `${tenant}:${type}/${id}`
  return new StorageError(
    'corrupt_stream',
    `the log is damaged at position ${position}, an event of ${entity}; restore the database from a backup, or read on after it`,
    { ...(cause === undefined ? {} : { cause }), details: { position, tenant, type, id } },
  )
}
