// Collects blobs that nothing refers to: marks them, and deletes those that were marked for long enough. Candidates are picked
// by a plain select; what is done to them says again what it must find, where it locks the row.
import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'
import type { BlobKeyRow } from '../blobs/content-statements.ts'
import { inKeyOrder } from '../blobs/key-order.ts'
import { timeOf } from '../schema/time.ts'
import type { Tables } from '../schema/tables.ts'
import type { StorageContext } from '../storage-context.ts'

/** Blobs that one statement looks through, however few of them are found. */
const scannedBlobs = 10_000

/** Marks blobs without references, call by call, going through all of them by key. */
export function orphanMarker(
  context: StorageContext,
  now: number,
  batch: number,
): () => Promise<{ readonly marked: number; readonly done: boolean }> {
  let after: BlobKeyRow | undefined
  let found: readonly BlobKeyRow[] = []
  let isAtEnd = false
  return async () => {
    if (found.length === 0) {
      const end = await endOfPage(context, after)
      found = await findUnmarked(context, after, end)
      after = end
      isAtEnd = end === undefined
    }
    const candidates = found.slice(0, batch)
    found = found.slice(batch)
    const marked = candidates.length === 0 ? 0 : await markOrphans(context, now, candidates)
    return { marked, done: isAtEnd && found.length === 0 }
  }
}

/** The last blob of the page behind another one; undefined: nothing comes after the page. */
async function endOfPage(
  { database, tables }: StorageContext,
  after: BlobKeyRow | undefined,
): Promise<BlobKeyRow | undefined> {
  const { rows } = await sql<BlobKeyRow>`
    select blob.tenant, blob.hash from ${tables.blobs} as blob
    where ${within('blob', after, undefined)}
    order by blob.tenant, blob.hash
    limit 1 offset ${scannedBlobs - 1}::int8`.execute(database)
  return rows[0]
}

/**
 * Blobs and references are read in the order of their keys, side by side, both within the bounds of the page. Without those of
 * the references they would be read from the first one on again for every page, and a sweep would take a time that grows with
 * the square of what is stored. Left to itself the planner, which knows little of bounds on two columns, takes a page for a
 * few rows and compares each of its blobs with each of its references.
 */
async function findUnmarked(
  { database, tables }: StorageContext,
  after: BlobKeyRow | undefined,
  end: BlobKeyRow | undefined,
): Promise<readonly BlobKeyRow[]> {
  return database.transaction().execute(async (transaction) => {
    await sql`select set_config('enable_nestloop', 'off', true), set_config('enable_hashjoin', 'off', true)`.execute(
      transaction,
    )
    const { rows } = await sql<BlobKeyRow>`
      select blob.tenant, blob.hash from ${tables.blobs} as blob
      where blob.orphaned_at is null and ${within('blob', after, end)} and not exists (
        select from ${tables.blobRefs} as ref
        where ref.tenant = blob.tenant and ref.hash = blob.hash and ${within('ref', after, end)}
      )
      order by blob.tenant, blob.hash`.execute(transaction)
    return rows
  })
}

/** Keys behind one and up to another. */
function within(
  name: 'blob' | 'ref',
  after: BlobKeyRow | undefined,
  end: BlobKeyRow | undefined,
): RawBuilder<boolean> {
  const key = sql`(${sql.ref(`${name}.tenant`)}, ${sql.ref(`${name}.hash`)})`
  const isBehind =
    after === undefined ? sql`true` : sql`${key} > (${after.tenant}::text, ${after.hash}::bytea)`
  const isBefore = end === undefined ? sql`true` : sql`${key} <= (${end.tenant}::text, ${end.hash}::bytea)`
  return sql`${isBehind} and ${isBefore}`
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
