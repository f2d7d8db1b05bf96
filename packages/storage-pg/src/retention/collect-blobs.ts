// Collects blobs that nothing refers to: marks them, and deletes those that were marked for long enough. Candidates are picked
// by a plain select; what is done to them says again what it must find, where it locks the row.
import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'
import type { BlobKeyRow } from '../blobs/content-statements.ts'
import { inKeyOrder } from '../blobs/key-order.ts'
import { timeOf } from '../schema/time.ts'
import type { Tables } from '../schema/tables.ts'
import type { StorageContext } from '../storage-context.ts'

/** Marks blobs without references, call by call, going through them by key. */
export function orphanMarker(
  context: StorageContext,
  now: number,
  batch: number,
): () => Promise<{ readonly marked: number; readonly done: boolean }> {
  let after: BlobKeyRow | undefined
  return async () => {
    const candidates = await findUnmarked(context, batch, after)
    after = candidates.at(-1)
    const marked = candidates.length === 0 ? 0 : await markOrphans(context, now, candidates)
    return { marked, done: candidates.length < batch }
  }
}

async function findUnmarked(
  { database, tables }: StorageContext,
  batch: number,
  after: BlobKeyRow | undefined,
): Promise<readonly BlobKeyRow[]> {
  const { rows } = await sql<BlobKeyRow>`
    select blob.tenant, blob.hash from ${tables.blobs} as blob
    where blob.orphaned_at is null and ${unreferenced(tables)}
      ${after === undefined ? sql`` : sql`and (blob.tenant, blob.hash) > (${after.tenant}::text, ${after.hash}::bytea)`}
    order by blob.tenant, blob.hash
    limit ${batch}::int8`.execute(database)
  return rows
}

/**
 * Marks first, which locks the rows, and takes the mark back from those with a reference in a second statement, with a snapshot
 * of its own: that makes it exact. For whoever adds a reference holds the blob's row: either it waits for the mark and removes
 * it, or the second look comes after its commit and sees the reference.
 */
async function markOrphans(
  { database, tables, probe }: StorageContext,
  now: number,
  candidates: readonly BlobKeyRow[],
): Promise<number> {
  const keys = unnestKeys(candidates)
  return database.transaction().execute(async (transaction) => {
    const marked = await sql`
      update ${tables.blobs} as blob set orphaned_at = ${timeOf(sql`${now}::int8`)}
      from ${keys} where blob.tenant = key.tenant and blob.hash = key.hash and blob.orphaned_at is null`.execute(
      transaction,
    )
    await probe('storage.sweep.locked', { blobs: candidates.length })
    const kept = await sql`
      update ${tables.blobs} as blob set orphaned_at = null
      from ${keys} where blob.tenant = key.tenant and blob.hash = key.hash and exists (
        select from ${tables.blobRefs} as ref where ref.tenant = blob.tenant and ref.hash = blob.hash
      )`.execute(transaction)
    return Number((marked.numAffectedRows ?? 0n) - (kept.numAffectedRows ?? 0n))
  })
}

/** Deletes what has been marked for long enough. A row whose mark was removed meanwhile stays: somebody claims it. */
export async function deleteOrphans(
  { database, tables }: StorageContext,
  markedBefore: number,
  batch: number,
): Promise<{ readonly deletedBlobs: number; readonly freedBytes: number; readonly done: boolean }> {
  const isDue = sql`blob.orphaned_at <= ${timeOf(sql`${markedBefore}::int8`)} and ${unreferenced(tables)}`
  const { rows: candidates } = await sql<BlobKeyRow>`
    select blob.tenant, blob.hash from ${tables.blobs} as blob
    where ${isDue}
    order by blob.orphaned_at
    limit ${batch}::int8`.execute(database)
  if (candidates.length === 0) return { deletedBlobs: 0, freedBytes: 0, done: true }
  const { rows } = await sql<{ bytes: bigint }>`
    delete from ${tables.blobs} as blob using ${unnestKeys(candidates)}
    where blob.tenant = key.tenant and blob.hash = key.hash and ${isDue}
    returning blob.stored_size as bytes`.execute(database)
  const freedBytes = rows.reduce((sum, { bytes }) => sum + Number(bytes), 0)
  return { deletedBlobs: rows.length, freedBytes, done: candidates.length < batch }
}

/** What nothing refers to, of `blob`. */
export function unreferenced(tables: Tables): RawBuilder<boolean> {
  return sql`not exists (
    select from ${tables.blobRefs} as ref where ref.tenant = blob.tenant and ref.hash = blob.hash
  )`
}

/** A row `key` for each, in the order in which they are locked. */
export function unnestKeys(blobs: readonly BlobKeyRow[]): RawBuilder<unknown> {
  const keys = inKeyOrder(blobs)
  return sql`unnest(${keys.map(({ tenant }) => tenant)}::text[], ${keys.map(({ hash }) => hash)}::bytea[])
    as key (tenant, hash)`
}
