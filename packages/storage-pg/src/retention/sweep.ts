// Collects contents that nothing refers to: references expire, blobs without references are marked, and those marked for
// longer than the grace period are deleted. Runs beside commits, in small statements, without locking the log.
import type { SweepOptions, SweepResult } from '@perdure/core'
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { BlobKeyRow } from '../blobs/content-statements.ts'
import { timeOf } from '../schema/time.ts'
import type { Tables } from '../schema/tables.ts'
import type { StorageContext } from '../storage-context.ts'

/** See `Storage.sweep`. Ends early, with what it did so far, when the signal fires. */
export async function sweep(context: StorageContext, options: SweepOptions): Promise<SweepResult> {
  const { now, graceMs = 0, batch = 500, signal } = options
  const { probe } = context
  const expired = await repeat(signal, () => expireRefs(context, now, batch))
  await probe('storage.sweep.expired', { refs: expired.rows })
  let after: BlobKeyRow | undefined
  const orphaned = await repeat(signal, async () => {
    const step = await markOrphans(context, now, batch, after)
    after = step.last
    return step
  })
  await probe('storage.sweep.marked', { blobs: orphaned.rows })
  const deleted = await repeat(signal, () => deleteOrphans(context, now - graceMs, batch))
  await probe('storage.sweep.end', { blobs: deleted.rows })
  return {
    expiredRefs: expired.rows,
    orphanedBlobs: orphaned.rows,
    deletedBlobs: deleted.rows,
    freedBytes: deleted.bytes,
  }
}

/** One small statement's work; `done` once there is no more of it. */
interface Step {
  readonly rows: number
  readonly bytes: number
  readonly done: boolean
}

/** Repeats a step until it is done or the signal fires. @returns what the steps did together */
async function repeat(
  signal: AbortSignal | undefined,
  step: () => Promise<Step>,
): Promise<{ readonly rows: number; readonly bytes: number }> {
  let rows = 0
  let bytes = 0
  let done = false
  while (!done && !isAborted(signal)) {
    const result = await step()
    rows += result.rows
    bytes += result.bytes
    done = result.done
  }
  return { rows, bytes }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}

/**
 * Picks candidates by time, without a lock, then locks them by key, in the order in which commits do; one that was claimed
 * anew meanwhile is no longer expired.
 */
async function expireRefs({ database, tables }: StorageContext, now: number, batch: number): Promise<Step> {
  const { rows } = await sql<{ deleted: bigint }>`
    with candidate as materialized (
      select tenant, hash, stream, owner from ${tables.blobRefs}
      where expires_at <= ${timeOf(sql`${now}::int8`)}
      order by expires_at
      limit ${batch}::int8
    ),
    expired as (
      select tenant, hash, stream, owner from candidate join ${tables.blobRefs} as ref using (tenant, hash, stream, owner)
      where ref.expires_at <= ${timeOf(sql`${now}::int8`)}
      order by tenant, hash, stream, owner
      for update of ref
    ),
    deleted as (
      delete from ${tables.blobRefs} as ref using expired
      where ref.tenant = expired.tenant and ref.hash = expired.hash
        and ref.stream = expired.stream and ref.owner = expired.owner
      returning 1
    )
    select count(*) as deleted from deleted`.execute(database)
  const deleted = Number(rows[0]?.deleted ?? 0n)
  return { rows: deleted, bytes: 0, done: deleted < batch }
}

/**
 * Marks blobs without references, going through them by key, from after the last one of the step before. Locking them first
 * and looking for references in a second statement, with a snapshot of its own, is what makes it exact: whoever adds a
 * reference holds the blob's row, so either it waits for the mark and removes it, or the look comes after its commit and
 * sees the reference.
 */
async function markOrphans(
  { database, tables, probe }: StorageContext,
  now: number,
  batch: number,
  after: BlobKeyRow | undefined,
): Promise<Step & { readonly last: BlobKeyRow | undefined }> {
  return database.transaction().execute(async (transaction) => {
    const { rows } = await sql<BlobKeyRow>`
      select blob.tenant, blob.hash from ${tables.blobs} as blob
      where blob.orphaned_at is null and ${unreferenced(tables)}
        ${after === undefined ? sql`` : sql`and (blob.tenant, blob.hash) > (${after.tenant}::text, ${after.hash}::bytea)`}
      order by blob.tenant, blob.hash
      limit ${batch}::int8
      for update`.execute(transaction)
    if (rows.length === 0) return { rows: 0, bytes: 0, done: true, last: after }
    await probe('storage.sweep.locked', { blobs: rows.length })
    const tenants = rows.map(({ tenant }) => tenant)
    const hashes = rows.map(({ hash }) => hash)
    const marked = await sql`
      update ${tables.blobs} as blob set orphaned_at = ${timeOf(sql`${now}::int8`)}
      from unnest(${tenants}::text[], ${hashes}::bytea[]) as candidate (tenant, hash)
      where blob.tenant = candidate.tenant and blob.hash = candidate.hash
        and blob.orphaned_at is null and ${unreferenced(tables)}`.execute(transaction)
    const affected = Number(marked.numAffectedRows ?? 0n)
    return { rows: affected, bytes: 0, done: rows.length < batch, last: rows.at(-1) }
  })
}

/** Deletes what has been marked for long enough, checking both conditions again where the row is locked. */
async function deleteOrphans(
  { database, tables }: StorageContext,
  markedBefore: number,
  batch: number,
): Promise<Step> {
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
  const deleted = Number(rows[0]?.deleted ?? 0n)
  return { rows: deleted, bytes: Number(rows[0]?.bytes ?? 0n), done: deleted < batch }
}

function unreferenced(tables: Tables): RawBuilder<boolean> {
  return sql`not exists (
    select from ${tables.blobRefs} as ref where ref.tenant = blob.tenant and ref.hash = blob.hash
  )`
}
