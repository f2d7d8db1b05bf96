// Snapshots: each of an entity, not ahead of it, and readable.
import { decodeSnapshot } from '@perdure/core'
import type { VerifyFinding } from '@perdure/core'
import { sql } from 'kysely'
import type { StorageContext } from '../storage-context.ts'
import type { ReadPage } from './audit.ts'

const pageBytes = 8 * 1024 * 1024

interface SnapshotRow {
  readonly stream: string
  readonly sequence: bigint
  readonly specHash: string
  readonly body: Uint8Array
  readonly tenant: string | null
  readonly type: string | null
  readonly id: string | null
  readonly version: bigint | null
}

/** Reads pages of snapshots, each with the head it is of. */
export function checkSnapshots({ database, tables }: StorageContext, batch: number): ReadPage<string> {
  return async (after) => {
    const { rows } = await sql<SnapshotRow>`
      select snapshot.stream, snapshot.sequence, snapshot.spec_hash as "specHash", snapshot.body,
        head.tenant, head.type, head.id, head.version
      from (
        select *, sum(length(body)) over (order by stream rows unbounded preceding) - length(body) as before from (
          select * from ${tables.snapshots}
          ${after === undefined ? sql`` : sql`where stream > ${after}::uuid`}
          order by stream limit ${batch}::int8
        ) as page
      ) as snapshot
      left join ${tables.entities} as head on head.stream = snapshot.stream
      where snapshot.before < ${pageBytes}::int8
      order by snapshot.stream`.execute(database)
    return { rows: rows.length, last: rows.at(-1)?.stream, findings: rows.flatMap(checkSnapshot) }
  }
}

function checkSnapshot(row: SnapshotRow): readonly VerifyFinding[] {
  const { stream, specHash, body, tenant, type, id, version } = row
  if (tenant === null || type === null || id === null || version === null)
    return [{ kind: 'snapshot_without_head', stream }]
  const entity = { tenant, type, id }
  const sequence = Number(row.sequence)
  const findings: VerifyFinding[] = []
  if (row.sequence > version)
    findings.push({ kind: 'snapshot_ahead', entity, sequence, version: Number(version) })
  const decoded = decodeSnapshot({ type, specHash }, { sequence, specHash, bytes: body })
  if (decoded.kind === 'unusable')
    findings.push({ kind: 'unusable_snapshot', entity, sequence, reason: decoded.reason })
  return findings
}
