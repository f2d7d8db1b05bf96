// Counts what is stored. Exact, so it reads every table: for operators and tests, not for a hot path.
import type { StorageStats } from '@perdure/core'
import { sql } from 'kysely'
import type { StorageContext } from '../storage-context.ts'

/** See `Storage.stats`. One statement, hence one moment. */
export async function readStats({ database, tables }: StorageContext): Promise<StorageStats> {
  const { rows } = await sql<Readonly<Record<keyof StorageStats, bigint>>>`
    select
      (select count(*) from ${tables.entities}) as entities,
      (select count(*) from ${tables.events}) as events,
      (select count(*) from ${tables.snapshots}) as snapshots,
      blob.count as blobs, blob.orphaned as "orphanedBlobs", ref.count as refs, ref.bytes as "referencedBytes",
      ref.distinct_bytes as "referencedBlobBytes", blob.bytes as "blobBytes", blob.stored_bytes as "storedBytes",
      (select position from ${tables.logHead}) as "lastPosition"
    from (
      select count(*) as count, count(orphaned_at) as orphaned, coalesce(sum(size), 0)::int8 as bytes,
        coalesce(sum(stored_size), 0)::int8 as stored_bytes
      from ${tables.blobs}
    ) as blob, (
      select coalesce(sum(refs), 0)::int8 as count, coalesce(sum(refs * size), 0)::int8 as bytes,
        coalesce(sum(size), 0)::int8 as distinct_bytes
      from (select tenant, hash, count(*) as refs from ${tables.blobRefs} group by tenant, hash) as held
        join ${tables.blobs} using (tenant, hash)
    ) as ref`.execute(database)
  const [row] = rows
  const number = (name: keyof StorageStats): number => Number(row?.[name] ?? 0n)
  return {
    entities: number('entities'),
    events: number('events'),
    snapshots: number('snapshots'),
    blobs: number('blobs'),
    orphanedBlobs: number('orphanedBlobs'),
    refs: number('refs'),
    referencedBytes: number('referencedBytes'),
    referencedBlobBytes: number('referencedBlobBytes'),
    blobBytes: number('blobBytes'),
    storedBytes: number('storedBytes'),
    lastPosition: row?.lastPosition ?? 0n,
  }
}
