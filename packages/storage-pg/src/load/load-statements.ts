// Statements that read entities. Payloads come many at a time, joined on the server: one JSON.parse then serves a hundred
// events, which is where the time of a replay goes.
import { sql } from 'kysely'
import type { Expression, RawBuilder } from 'kysely'
import type { Database } from '../connect/engine.ts'
import { parameter, prepareStatement } from '../connect/statement.ts'
import type { Statement } from '../connect/statement.ts'
import type { Tables } from '../schema/tables.ts'
import { millisecondsOf } from '../schema/time.ts'

/** The statements, compiled for one storage. */
export interface LoadStatements {
  /** A head, its snapshot of this spec hash, and the first events after it. */
  readonly loadEntity: Statement<[stream: string, specHash: string], LoadRow>
  /** Events from one sequence to another, both inclusive, as far as a page goes; ordered. */
  readonly readPage: Statement<[stream: string, from: number, to: number], ChunkRow>
  readonly findByKey: Statement<
    [stream: string, idempotencyKey: string],
    { sequence: bigint; payload: string }
  >
  readonly readHeads: Statement<[streams: readonly string[]], HeadRow>
}

/** Events that run on from `first` to `last`, their payloads joined by commas. */
export interface ChunkRow {
  readonly first: bigint
  readonly last: bigint
  readonly count: bigint
  readonly payloads: string
}

/** What a head's row holds beside its name. */
export interface HeadColumns {
  readonly version: bigint
  readonly status: string
  readonly updatedAt: bigint
  readonly deletedAt: bigint | null
  readonly erasedAt: bigint | null
  readonly owner: bigint | null
}

/** A head with the stream it is the head of. */
interface HeadRow extends HeadColumns {
  readonly stream: string
}

/** A head, perhaps a snapshot, perhaps a chunk. */
export interface LoadRow extends HeadColumns {
  /** Whether no claim was ever stored; null when that is not known. */
  readonly isUnclaimed: boolean | null
  readonly snapshotSequence: bigint | null
  readonly snapshotBody: Uint8Array | null
  readonly first: bigint | null
  readonly last: bigint | null
  readonly count: bigint | null
  readonly payloads: string | null
}

/** Events that travel with the head: enough for a snapshot every hundred events and then some. */
const firstChunkEvents = 200
/** Bytes of payload at rest after which a chunk, or a page, ends. */
const chunkBytes = 256 * 1024
const pageBytes = 8 * 1024 * 1024
/** Events in one chunk, and in one page. */
const chunkEvents = 128
const pageEvents = 4096

/** The columns of a head, under the names of `HeadColumns`. */
export const headColumns: RawBuilder<unknown> = sql`head.version, head.status,
  ${millisecondsOf(sql.ref('head.updated_at'))} as "updatedAt",
  ${millisecondsOf(sql.ref('head.deleted_at'))} as "deletedAt",
  ${millisecondsOf(sql.ref('head.erased_at'))} as "erasedAt", head.owner`

/** Compiles them. */
export function loadStatements(database: Database, tables: Tables): LoadStatements {
  const { entities, events, snapshots } = tables
  return {
    loadEntity: prepareStatement(
      database,
      'load_entity',
      sql`
        select ${headColumns}, head.unclaimed = head.version as "isUnclaimed",
          snapshot.sequence as "snapshotSequence", snapshot.body as "snapshotBody", chunk.*
        from (select ${parameter}::uuid as stream, ${parameter}::text as spec_hash) as wanted
        join ${entities} as head on head.stream = wanted.stream
        left join ${snapshots} as snapshot on snapshot.stream = wanted.stream
          and snapshot.spec_hash = wanted.spec_hash and snapshot.sequence <= head.version
        left join lateral (
          select min(sequence) as first, max(sequence) as last, count(*) as count,
            string_agg(payload::text, ',' order by sequence) as payloads
          from ${weighed(
            sql`select sequence, payload from ${events} as event
              where event.stream = wanted.stream and event.sequence > coalesce(snapshot.sequence, 0)
                and event.sequence <= head.version
              order by sequence limit ${sql.lit(firstChunkEvents)}`,
          )}
          where before < ${sql.lit(chunkBytes)}
        ) as chunk on true`,
    ),
    readPage: prepareStatement(
      database,
      'read_page',
      sql`
        select min(sequence) as first, max(sequence) as last, count(*) as count,
          string_agg(payload::text, ',' order by sequence) as payloads
        from (select ${parameter}::uuid as stream, ${parameter}::int8 as low, ${parameter}::int8 as high) as wanted,
        lateral ${weighed(
          sql`select sequence, payload from ${events} as event
            where event.stream = wanted.stream and event.sequence between wanted.low and wanted.high
            order by sequence limit ${sql.lit(pageEvents)}`,
        )}
        where before < ${sql.lit(pageBytes)}
        group by before / ${sql.lit(chunkBytes)}, (nth - 1) / ${sql.lit(chunkEvents)}
        order by first`,
    ),
    findByKey: prepareStatement(
      database,
      'find_by_key',
      sql`select sequence, payload from ${events}
        where stream = ${parameter}::uuid and idempotency_key = ${parameter}::text`,
    ),
    readHeads: prepareStatement(
      database,
      'read_heads',
      sql`select head.stream, ${headColumns} from ${entities} as head where head.stream = any(${parameter}::uuid[])`,
    ),
  }
}

/** Numbers events, and says how many bytes at rest go before each. */
function weighed(events: Expression<unknown>): RawBuilder<unknown> {
  return sql`(
    select sequence, payload, row_number() over in_order as nth,
      sum(pg_column_size(payload)) over in_order - pg_column_size(payload) as before
    from (${events}) as event
    window in_order as (order by sequence rows unbounded preceding)
  ) as weighed`
}
