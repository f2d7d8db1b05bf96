// Looks at every reference and every blob at one moment and says what a prune would let go of. The byte cap asks it how far
// to go, and a dry run asks it for everything. Reads both tables once, changes and locks nothing.
import type { PruneCounts, RetentionLimits, SweepOptions } from '@perdure/core'
import { sql } from 'kysely'
import { millisecondsOf, timeOf } from '../schema/time.ts'
import type { StorageContext } from '../storage-context.ts'
import type { UpTo } from './drop-refs.ts'

/** What is to go. */
export interface Judgement {
  readonly counts: PruneCounts
  /** By how much what remains exceeds the cap. */
  readonly unmetBytes: number
  /** How far references have to go for the cap; undefined: what remains without that fits. */
  readonly lastToGo: UpTo | undefined
}

interface JudgementRow extends Readonly<Record<keyof PruneCounts | 'unmetBytes', bigint>> {
  readonly lastAt: bigint | null
  readonly tenant: string | null
  readonly hash: Buffer | null
}

/** Bytes that all blobs take at rest, quickly: no prune for bytes is needed while they fit. */
export async function readStoredBytes({ database, tables }: StorageContext): Promise<number> {
  const { rows } = await sql<{ bytes: bigint }>`
    select coalesce(sum(stored_size), 0)::int8 as bytes from ${tables.blobs}`.execute(database)
  return Number(rows[0]?.bytes ?? 0n)
}

/**
 * `held` has the blobs that something still refers to once what is expired and aged is gone. Of these, blobs all of whose
 * references may go fall in the order of the reference that was made last; `cap` is the first of them with which enough has
 * fallen, or the very last.
 */
export async function judgeContents(
  { database, tables }: StorageContext,
  { now, graceMs = 0 }: SweepOptions,
  { maxAgeMs, maxStoredBytes }: RetentionLimits,
): Promise<Judgement> {
  const madeBefore = maxAgeMs === undefined ? null : now - maxAgeMs
  const present = timeOf(sql`${now}::int8`)
  const { rows } = await sql<JudgementRow>`
    with gone as materialized (select stream from ${tables.entities} where deleted_at is not null),
    refs as (
      select ref.tenant, ref.hash, ref.referenced_at, may.go as may_go,
        case
          when ref.expires_at <= ${present} then 'expired'
          when may.go and ref.referenced_at <= ${timeOf(sql`${madeBefore}::int8`)} then 'aged'
        end as reason
      from ${tables.blobRefs} as ref left join gone using (stream)
        cross join lateral (select ref.expires_at is not null or gone.stream is not null as go) as may
    ),
    held as (
      select tenant, hash, max(referenced_at) as last, bool_and(may_go) as may_go
      from refs where reason is null group by tenant, hash
    ),
    blobs as (
      select blob.tenant, blob.hash, blob.stored_size as bytes, blob.orphaned_at, held.last, held.may_go
      from ${tables.blobs} as blob left join held using (tenant, hash)
    ),
    excess as (
      select coalesce(sum(bytes) filter (where last is not null), 0) - ${maxStoredBytes ?? null}::int8 as bytes from blobs
    ),
    falling as (
      select last, tenant, hash, sum(bytes) over (order by last, tenant, hash) as freed from blobs where may_go
    ),
    cap as (
      select falling.* from falling, excess where excess.bytes > 0
      order by freed < excess.bytes, case when freed < excess.bytes then - freed else freed end, last, tenant, hash
      limit 1
    ),
    capped as (
      select from refs, cap where reason is null and may_go
        and (refs.referenced_at, refs.tenant, refs.hash) <= (cap.last, cap.tenant, cap.hash)
    ),
    fallen as (
      select blobs.bytes,
        blobs.orphaned_at is null as is_new, coalesce(blobs.orphaned_at, ${present}) <= ${timeOf(sql`${now - graceMs}::int8`)} as is_due
      from blobs left join cap on true
      where blobs.last is null
        or blobs.may_go and (blobs.last, blobs.tenant, blobs.hash) <= (cap.last, cap.tenant, cap.hash)
    )
    select
      (select count(*) from refs where reason = 'expired') as "expiredRefs",
      (select count(*) from refs where reason = 'aged') as "agedRefs",
      (select count(*) from capped) as "cappedRefs",
      fallen.*, cap.tenant, cap.hash, ${millisecondsOf(sql.ref('cap.last'))} as "lastAt",
      coalesce(greatest(excess.bytes - coalesce(cap.freed, 0), 0), 0)::int8 as "unmetBytes"
    from (
      select count(*) filter (where is_new) as "orphanedBlobs", count(*) filter (where is_due) as "deletedBlobs",
        coalesce(sum(bytes) filter (where is_due), 0)::int8 as "freedBytes"
      from fallen
    ) as fallen, excess left join cap on true`.execute(database)
  const [row] = rows
  const number = (name: keyof PruneCounts | 'unmetBytes'): number => Number(row?.[name] ?? 0n)
  return {
    counts: {
      expiredRefs: number('expiredRefs'),
      agedRefs: number('agedRefs'),
      cappedRefs: number('cappedRefs'),
      orphanedBlobs: number('orphanedBlobs'),
      deletedBlobs: number('deletedBlobs'),
      freedBytes: number('freedBytes'),
    },
    unmetBytes: number('unmetBytes'),
    lastToGo: lastToGoOf(row),
  }
}

function lastToGoOf(row: JudgementRow | undefined): UpTo | undefined {
  if (row === undefined || row.lastAt === null || row.tenant === null || row.hash === null) return undefined
  return { referencedAt: Number(row.lastAt), content: { tenant: row.tenant, hash: row.hash } }
}
