// Blobs: each decodes to the length and the hash it is stored under. Reads the bytes of the sample only.
import { isSampled } from '@perdure/core'
import type { VerifyFinding, VerifyOptions } from '@perdure/core'
import { sql } from 'kysely'
import { faultOf } from '../blobs/read-blob.ts'
import type { BlobRow } from '../blobs/read-blob.ts'
import type { BlobKeyRow } from '../blobs/content-statements.ts'
import type { StorageContext } from '../storage-context.ts'
import type { ReadPage } from './audit.ts'

/** Bytes at rest that are read at once; a larger blob is read alone. */
const readBytes = 8 * 1024 * 1024

interface BlobSize extends BlobKeyRow {
  readonly storedSize: bigint
}

/** Reads pages of blobs, and of those in the sample their bytes. */
export function checkBlobs(
  context: StorageContext,
  batch: number,
  options: VerifyOptions,
): ReadPage<BlobKeyRow> {
  const { database, tables } = context
  return async (after) => {
    const { rows } = await sql<BlobSize>`
      select tenant, hash, octet_length(body)::int8 as "storedSize" from ${tables.blobs}
      ${after === undefined ? sql`` : sql`where (tenant, hash) > (${after.tenant}::text, ${after.hash}::bytea)`}
      order by tenant, hash limit ${batch}::int8`.execute(database)
    const sampled = rows.filter(({ hash }) => isSampled(hash.toString('hex'), options))
    const findings: VerifyFinding[] = []
    for (const group of groupBySize(sampled)) findings.push(...(await checkBodies(context, group)))
    const last = rows.length < batch ? undefined : rows.at(-1)
    return { rows: rows.length, read: sampled.length, last, findings }
  }
}

/** A blob that a sweep has taken since its key was read is no finding. */
async function checkBodies(
  { database, tables }: StorageContext,
  keys: readonly BlobKeyRow[],
): Promise<readonly VerifyFinding[]> {
  const { rows } = await sql<BlobRow & BlobKeyRow & { storedSize: bigint }>`
    select blob.tenant, blob.hash, blob.size, blob.stored_size as "storedSize", blob.codec, blob.body
    from unnest(${keys.map(({ tenant }) => tenant)}::text[], ${keys.map(({ hash }) => hash)}::bytea[]) as key (tenant, hash)
    join ${tables.blobs} as blob on blob.tenant = key.tenant and blob.hash = key.hash
    order by blob.tenant, blob.hash`.execute(database)
  const findings: VerifyFinding[] = []
  for (const row of rows) {
    const hash = row.hash.toString('hex')
    const isWhole = BigInt(row.body.length) === row.storedSize
    const reason = isWhole ? (await faultOf(hash, row)).fault : 'length'
    if (reason !== undefined) findings.push({ kind: 'corrupt_blob', tenant: row.tenant, hash, reason })
  }
  return findings
}

function groupBySize(blobs: readonly BlobSize[]): BlobSize[][] {
  const groups: BlobSize[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const blob of blobs) {
    if (bytes + Number(blob.storedSize) > readBytes) {
      groups.push([])
      bytes = 0
    }
    groups.at(-1)?.push(blob)
    bytes += Number(blob.storedSize)
  }
  return groups
}
