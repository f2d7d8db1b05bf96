// Heads against the number of their last event; what else a head says is compared where events are decoded. The events are
// looked up after the heads: of an entity that moved on in between both numbers are others when the page is looked at again.
import type { VerifyFinding } from '@perdure/core'
import { sql } from 'kysely'
import type { StorageContext } from '../storage-context.ts'
import type { ReadPage } from './audit.ts'

interface HeadRow {
  readonly stream: string
  readonly tenant: string
  readonly type: string
  readonly id: string
  readonly version: bigint
}

interface LastRow {
  readonly stream: string
  readonly last: bigint
}

/** Reads pages of heads, each with the sequence of its last event. */
export function checkHeads(context: StorageContext, batch: number): ReadPage<string> {
  const { database, tables } = context
  return async (after) => {
    const { rows } = await sql<HeadRow>`
      select head.stream, head.tenant, head.type, head.id, head.version from ${tables.entities} as head
      ${after === undefined ? sql`` : sql`where head.stream > ${after}::uuid`}
      order by head.stream limit ${batch}::int8`.execute(database)
    const last = await lastEvents(context, rows)
    return {
      rows: rows.length,
      last: rows.length < batch ? undefined : rows.at(-1)?.stream,
      findings: rows.flatMap((row) => checkHead(row, last.get(row.stream))),
    }
  }
}

/** First where they should be, or beyond; all events only of those that have none there. */
async function lastEvents(
  { database, tables }: StorageContext,
  heads: readonly HeadRow[],
): Promise<ReadonlyMap<string, bigint>> {
  if (heads.length === 0) return new Map()
  const [streams, versions] = [heads.map(({ stream }) => stream), heads.map(({ version }) => version)]
  const { rows } = await sql<LastRow>`
    select event.stream, max(event.sequence) as last
    from unnest(${streams}::uuid[], ${versions}::int8[]) as head (stream, version)
    join ${tables.events} as event on event.stream = head.stream and event.sequence >= head.version
    group by event.stream`.execute(database)
  const last = new Map(rows.map((row) => [row.stream, row.last]))
  const others = streams.filter((stream) => !last.has(stream))
  if (others.length === 0) return last
  const behind = await sql<LastRow>`
    select event.stream, max(event.sequence) as last from ${tables.events} as event
    where event.stream = any(${others}::uuid[]) group by event.stream`.execute(database)
  for (const row of behind.rows) last.set(row.stream, row.last)
  return last
}

function checkHead(
  { tenant, type, id, version }: HeadRow,
  last: bigint | undefined,
): readonly VerifyFinding[] {
  if (version === last) return []
  const events = last === undefined ? undefined : Number(last)
  return [
    { kind: 'head_differs', entity: { tenant, type, id }, of: 'version', head: Number(version), events },
  ]
}
