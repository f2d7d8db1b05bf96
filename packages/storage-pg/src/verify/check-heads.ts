// Heads against the number of their last event; what else a head says is compared where events are decoded.
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
  /** Null when there is no event. */
  readonly last: bigint | null
}

/** Reads pages of heads, each with the sequence of its last event. */
export function checkHeads({ database, tables }: StorageContext, batch: number): ReadPage<string> {
  return async (after) => {
    const { rows } = await sql<HeadRow>`
      select head.stream, head.tenant, head.type, head.id, head.version, (
        select event.sequence from ${tables.events} as event
        where event.stream = head.stream order by event.sequence desc limit 1
      ) as last
      from ${tables.entities} as head
      ${after === undefined ? sql`` : sql`where head.stream > ${after}::uuid`}
      order by head.stream limit ${batch}::int8`.execute(database)
    return {
      rows: rows.length,
      last: rows.length < batch ? undefined : rows.at(-1)?.stream,
      findings: rows.flatMap(checkHead),
    }
  }
}

function checkHead({ tenant, type, id, version, last }: HeadRow): readonly VerifyFinding[] {
  if (version === last) return []
  const events = last === null ? undefined : Number(last)
  return [
    { kind: 'head_differs', entity: { tenant, type, id }, of: 'version', head: Number(version), events },
  ]
}
