// Drops references in batches: picks candidates by time, without a lock, then deletes them by key, in the order in which
// commits lock; one that was claimed anew meanwhile is judged again where it is locked, and stays.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { BlobKeyRow } from '../blobs/content-statements.ts'
import { inKeyOrder } from '../blobs/key-order.ts'
import { timeOf } from '../schema/time.ts'
import type { StorageContext } from '../storage-context.ts'

/** References last made up to a time, and of those made just then only the ones up to a content, where one is given. */
export interface UpTo {
  readonly referencedAt: number
  readonly content?: { readonly tenant: string; readonly hash: Buffer }
}

interface RefKeyRow extends BlobKeyRow {
  readonly stream: string
  readonly owner: string
}

/** Drops references that have expired. */
export function expireRefs(
  context: StorageContext,
  now: number,
  batch: number,
): Promise<{ readonly dropped: number; readonly found: number }> {
  const isExpired = sql`ref.expires_at <= ${timeOf(sql`${now}::int8`)}`
  return dropBatch(context, isExpired, sql.ref('ref.expires_at'), batch)
}

/** Drops, call by call, what is due up to a time and may go: first references that end, then those of deleted entities. */
export function dueRefsDropper(
  context: StorageContext,
  upTo: UpTo,
  batch: number,
): () => Promise<{ readonly dropped: number; readonly done: boolean }> {
  const isDue = dueCondition(upTo)
  let isPastEnding = false
  let deleted: readonly string[] = []
  return async () => {
    if (!isPastEnding) {
      const { dropped, found } = await dropBatch(
        context,
        sql`ref.expires_at is not null and ${isDue}`,
        sql.ref('ref.referenced_at'),
        batch,
      )
      isPastEnding = found < batch
      return { dropped, done: false }
    }
    const page = deleted.length === 0 ? await nextDeleted(context, undefined, batch) : deleted
    if (page.length === 0) return { dropped: 0, done: true }
    const { dropped, found } = await dropBatch(
      context,
      sql`ref.stream = any(${page}::uuid[]) and ${isDue}`,
      // In no order: all that are due go, and sorting would read those of the whole page for each batch.
      undefined,
      batch,
    )
    deleted = found < batch ? await nextDeleted(context, page.at(-1), batch) : page
    return { dropped, done: deleted.length === 0 }
  }
}

function dueCondition({ referencedAt, content }: UpTo): RawBuilder<boolean> {
  const time = timeOf(sql`${referencedAt}::int8`)
  if (content === undefined) return sql`ref.referenced_at <= ${time}`
  const { tenant, hash } = content
  // The first condition is for the index.
  return sql`ref.referenced_at <= ${time}
    and (ref.referenced_at, ref.tenant, ref.hash) <= (${time}, ${tenant}::text, ${hash}::bytea)`
}

async function dropBatch(
  { database, tables }: StorageContext,
  isDue: RawBuilder<unknown>,
  order: RawBuilder<unknown> | undefined,
  batch: number,
): Promise<{ readonly dropped: number; readonly found: number }> {
  const { rows } = await sql<RefKeyRow>`
    select tenant, hash, stream, owner from ${tables.blobRefs} as ref
    where ${isDue}
    ${order === undefined ? sql`` : sql`order by ${order}`}
    limit ${batch}::int8`.execute(database)
  if (rows.length === 0) return { dropped: 0, found: 0 }
  const keys = inKeyOrder(rows)
  const { numAffectedRows } = await sql`
    delete from ${tables.blobRefs} as ref
    using unnest(${keys.map(({ tenant }) => tenant)}::text[], ${keys.map(({ hash }) => hash)}::bytea[],
      ${keys.map(({ stream }) => stream)}::uuid[], ${keys.map(({ owner }) => owner)}::text[]) as key (tenant, hash, stream, owner)
    where ref.tenant = key.tenant and ref.hash = key.hash and ref.stream = key.stream and ref.owner = key.owner
      and ${isDue}`.execute(database)
  return { dropped: Number(numAffectedRows ?? 0n), found: rows.length }
}

/** A page of deleted entities, in the order of their keys. */
async function nextDeleted(
  { database, tables }: StorageContext,
  after: string | undefined,
  batch: number,
): Promise<readonly string[]> {
  const { rows } = await sql<{ stream: string }>`
    select stream from ${tables.entities}
    where deleted_at is not null ${after === undefined ? sql`` : sql`and stream > ${after}::uuid`}
    order by stream
    limit ${batch}::int8`.execute(database)
  return rows.map(({ stream }) => stream)
}
