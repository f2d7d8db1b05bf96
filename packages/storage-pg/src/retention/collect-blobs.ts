// Collects blobs that nothing refers to: marks them, and deletes those that were marked for long enough.
import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'
import type { BlobKeyRow } from '../blobs/content-statements.ts'
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
    const { marked, found, last } = await markOrphans(context, now, batch, after)
    after = last
    return { marked, done: found < batch }
  }
}

/**
 * Marks those after the last one of the call before. Locking them first
 * and looking for references in a second statement, with a snapshot of its own, is what makes it exact: whoever adds a
 * reference holds the blob's row, so either it waits for the mark and removes it, or the look comes after its commit and
 * sees the reference.
 */
async function markOrphans(
  { database, tables, probe }: StorageContext,
  now: number,
  batch: number,
  after: BlobKeyRow | undefined,
): Promise<{ readonly marked: number; readonly found: number; readonly last: BlobKeyRow | undefined }> {
  return database.transaction().execute(async (transaction) => {
    const { rows } = await sql<BlobKeyRow>`
      select blob.tenant, blob.hash from ${tables.blobs} as blob
      where blob.orphaned_at is null and ${unreferenced(tables)}
        ${after === undefined ? sql`` : sql`and (blob.tenant, blob.hash) > (${after.tenant}::text, ${after.hash}::bytea)`}
      order by blob.tenant, blob.hash
      limit ${batch}::int8
      for update`.execute(transaction)
    if (rows.length === 0) return { marked: 0, found: 0, last: after }
    await probe('storage.sweep.locked', { blobs: rows.length })
    const tenants = rows.map(({ tenant }) => tenant)
    const hashes = rows.map(({ hash }) => hash)
    const marked = await sql`
      update ${tables.blobs} as blob set orphaned_at = ${timeOf(sql`${now}::int8`)}
      from unnest(${tenants}::text[], ${hashes}::bytea[]) as candidate (tenant, hash)
      where blob.tenant = candidate.tenant and blob.hash = candidate.hash
        and blob.orphaned_at is null and ${unreferenced(tables)}`.execute(transaction)
    return { marked: Number(marked.numAffectedRows ?? 0n), found: rows.length, last: rows.at(-1) }
  })
}

/** Deletes what has been marked for long enough, checking both conditions again where the row is locked. */
export async function deleteOrphans(
  { database, tables }: StorageContext,
  markedBefore: number,
  batch: number,
): Promise<{ readonly deletedBlobs: number; readonly freedBytes: number }> {
  const { rows } = await sql<{ deleted: bigint; bytes: bigint | null }>`
    with candidate as materialized (
      select blob.tenant, blob.hash from ${tables.blobs} as blob
      where blob.orphaned_at <= ${timeOf(sql`${markedBefore}::int8`)} and ${unreferenced(tables)}
      order by blob.orphaned_at
      limit ${batch}::int8
    ),
    orphaned as (
      select tenant, hash from candidate join ${tables.blobs} as blob using (tenant, hash)
      where blob.orphaned_at <= ${timeOf(sql`${markedBefore}::int8`)} and ${unreferenced(tables)}
      order by tenant, hash
      for update of blob
    ),
    deleted as (
      delete from ${tables.blobs} as blob using orphaned
      where blob.tenant = orphaned.tenant and blob.hash = orphaned.hash
      returning blob.stored_size
    )
    select count(*) as deleted, sum(stored_size)::int8 as bytes from deleted`.execute(database)
  return { deletedBlobs: Number(rows[0]?.deleted ?? 0n), freedBytes: Number(rows[0]?.bytes ?? 0n) }
}

function unreferenced(tables: Tables): RawBuilder<boolean> {
  return sql`not exists (
    select from ${tables.blobRefs} as ref where ref.tenant = blob.tenant and ref.hash = blob.hash
  )`
}
