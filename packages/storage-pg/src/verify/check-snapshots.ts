// Snapshots: each of an entity, not ahead of it, and readable.
import { decodeSnapshot } from '@perdure/core'
import type { VerifyFinding } from '@perdure/core'
import { sql } from 'kysely'
import type { StorageContext } from '../storage-context.ts'
import type { ReadPage } from './audit.ts'
import { headsOf } from './heads-of.ts'
import type { NamedHead } from './heads-of.ts'

const pageBytes = 8 * 1024 * 1024

interface SnapshotRow {
  readonly stream: string
  readonly sequence: bigint
  readonly specHash: string
  readonly body: Uint8Array
}

/** Reads pages of snapshots, each with the head it is of. */
export function checkSnapshots(context: StorageContext, batch: number): ReadPage<string> {
  const { database, tables } = context
  return async (after) => {
    const { rows } = await sql<SnapshotRow>`
      select snapshot.stream, snapshot.sequence, snapshot.spec_hash as "specHash", snapshot.body
      from (
        select *, sum(length(body)) over (order by stream rows unbounded preceding) - length(body) as before from (
          select * from ${tables.snapshots}
          ${after === undefined ? sql`` : sql`where stream > ${after}::uuid`}
          order by stream limit ${batch}::int8
        ) as page
      ) as snapshot
      where snapshot.before < ${pageBytes}::int8
      order by snapshot.stream`.execute(database)
    const heads = await headsOf(context, rows)
    const findings = rows.flatMap((row) => checkSnapshot(row, heads.get(row.stream)))
    return { rows: rows.length, last: rows.at(-1)?.stream, findings }
  }
}

function checkSnapshot(row: SnapshotRow, head: NamedHead | undefined): readonly VerifyFinding[] {
  const { stream, specHash, body } = row
  if (head === undefined) return [{ kind: 'snapshot_without_head', stream }]
  const { tenant, type, id, version } = head
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
