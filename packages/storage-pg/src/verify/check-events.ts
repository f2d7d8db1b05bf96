// Events of every stream: none missing, each readable, its columns saying what its payload says, and the head of the
// entity saying what the last one says. Payloads are decoded here, not by the server, which refuses an escaped NUL.
import type { EntityEvent, EntityKey, VerifyFinding } from '@perdure/core'
import { compareHead, isPerdureError } from '@perdure/core'
import { sql } from 'kysely'
import { columnText } from '../column-text.ts'
import { decodePayloads } from '../event-payload.ts'
import { headOf } from '../load/heads.ts'
import { millisecondsOf } from '../schema/time.ts'
import type { StorageContext } from '../storage-context.ts'
import type { ReadPage } from './audit.ts'
import { headsOf } from './heads-of.ts'
import type { NamedHead } from './heads-of.ts'

/** Bytes of payload at rest after which a page ends. */
const pageBytes = 8 * 1024 * 1024

/** The last event of a page, which the first of the next one follows. */
interface EventKey {
  readonly stream: string
  readonly sequence: bigint
}

interface EventRow extends EventKey {
  readonly action: string
  readonly at: bigint
  readonly idempotencyKey: string | null
  readonly payload: string
}

/** Reads pages of events in order of stream and sequence. */
export function checkEvents(context: StorageContext, batch: number): ReadPage<EventKey> {
  const { database, tables } = context
  return async (after) => {
    const { rows } = await sql<EventRow>`
      select event.stream, event.sequence, event.action, ${millisecondsOf(sql.ref('event.at'))} as at,
        event.idempotency_key as "idempotencyKey", event.payload
      from (
        select *, sum(pg_column_size(payload)) over in_order - pg_column_size(payload) as before from (
          select * from ${tables.events}
          ${after === undefined ? sql`` : sql`where (stream, sequence) > (${after.stream}::uuid, ${after.sequence}::int8)`}
          order by stream, sequence limit ${batch}::int8
        ) as page
        window in_order as (order by stream, sequence rows unbounded preceding)
      ) as event
      where event.before < ${pageBytes}::int8
      order by event.stream, event.sequence`.execute(database)
    const heads = await headsOf(context, rows)
    const findings: VerifyFinding[] = []
    let previous = after
    for (const row of rows) {
      findings.push(...checkEvent(row, heads.get(row.stream), previous))
      previous = row
    }
    const { stream, sequence } = previous ?? { stream: '', sequence: 0n }
    return { rows: rows.length, last: rows.length === 0 ? undefined : { stream, sequence }, findings }
  }
}

function checkEvent(
  row: EventRow,
  head: NamedHead | undefined,
  previous: EventKey | undefined,
): readonly VerifyFinding[] {
  const { stream, sequence } = row
  const isFirst = previous?.stream !== stream
  if (head === undefined) return isFirst ? [{ kind: 'events_without_head', stream }] : []
  const { tenant, type, id } = head
  const entity = { tenant, type, id }
  const findings: VerifyFinding[] = []
  // Of an erased entity there is its last event alone.
  const first = head.erasedAt === null ? 1n : head.version
  const expected = isFirst ? first : previous.sequence + 1n
  if (sequence !== expected) {
    const [fromSequence, toSequence] = [Number(expected), Number(sequence) - 1]
    findings.push({ kind: 'missing_events', entity, fromSequence, toSequence })
  }
  const event = decode(entity, row)
  if (event === undefined) findings.push({ kind: 'undecodable_event', entity, sequence: Number(sequence) })
  else {
    findings.push(...compareColumns(entity, row, event))
    if (sequence === head.version) findings.push(...compareHead(headOf(entity, head), event))
  }
  return findings
}

function decode(entity: EntityKey, { sequence, payload }: EventRow): EntityEvent | undefined {
  try {
    return decodePayloads(entity, Number(sequence), payload)[0]
  } catch (error) {
    if (isPerdureError(error, 'corrupt_stream')) return undefined
    throw error
  }
}

/** Columns serve people, indexes and the look-up of idempotency keys; readers go by the payload. */
function compareColumns(entity: EntityKey, row: EventRow, event: EntityEvent): readonly VerifyFinding[] {
  const key = event.idempotencyKey === undefined ? null : columnText(event.idempotencyKey)
  const pairs = [
    ['action', row.action, columnText(event.action)],
    ['at', row.at, BigInt(event.at)],
    ['idempotency_key', row.idempotencyKey, key],
  ] as const
  return pairs
    .filter(([, stored, expected]) => stored !== expected)
    .map(([column]) => ({ kind: 'event_column_differs', entity, sequence: Number(row.sequence), column }))
}
