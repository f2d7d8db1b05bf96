// Statements on blobs and their references. Locks are taken in one order everywhere: the log's head, heads, then blobs by
// (tenant, hash), then references by (tenant, hash, stream, owner); so a sweep and a commit never deadlock. A row is locked by
// writing it: a database of several servers locks rows by SELECT … FOR UPDATE in one of them only.
import { sql } from 'kysely'
import type { Database } from '../connect/engine.ts'
import { parameter, prepareStatement } from '../connect/statement.ts'
import type { Statement } from '../connect/statement.ts'
import type { Tables } from '../schema/tables.ts'
import { millisecondsOf, timeOf } from '../schema/time.ts'

/** The statements that write contents, compiled for one storage. */
export interface ContentStatements {
  /** Which of these blobs are stored; locks nothing, so only a hint. */
  readonly findBlobs: Statement<[tenants: readonly string[], hashes: readonly Buffer[]], BlobKeyRow>
  /** Holds those of these blobs that are stored, in the order given, and revives the orphaned ones. */
  readonly holdBlobs: Statement<[tenants: readonly string[], hashes: readonly Buffer[]], BlobKeyRow>
  readonly insertBlobs: Statement<
    [
      tenants: readonly string[],
      hashes: readonly Buffer[],
      sizes: readonly number[],
      codecs: readonly string[],
      offsets: readonly number[],
      storedSizes: readonly number[],
      bodies: Buffer,
      now: number,
    ],
    object
  >
  /** Deletes references, in the order given; returns those that were there. */
  readonly releaseRefs: Statement<RefColumns, ReleasedRef>
  /** Which of these references are there, by their place in the list, from 1. */
  readonly findRefs: Statement<RefColumns, { readonly ordinal: bigint }>
  /** Every reference of an entity. */
  readonly readRefs: Statement<[stream: string], HeldRef>
  /** Notes of entities, whose heads are locked, that they have claims. */
  readonly noteClaims: Statement<[streams: readonly string[]], object>
  /** Inserts references; one that is there gets the new expiry, and the time of the claim unless its own is later. */
  readonly claimRefs: Statement<
    [...RefColumns, expiries: readonly (number | undefined)[], times: readonly number[]],
    object
  >
  /** Inserts references; one that is there stays as it is. */
  readonly restoreRefs: Statement<
    [...RefColumns, expiries: readonly (number | undefined)[], times: readonly number[]],
    object
  >
}

/** The key of a blob as a row has it. */
export interface BlobKeyRow {
  readonly tenant: string
  readonly hash: Buffer
}

/** A reference as a row has it. */
export interface HeldRef {
  readonly hash: Buffer
  readonly owner: string
  /** Epoch milliseconds; null: permanent. */
  readonly expiresAt: bigint | null
}

/** A reference that was deleted. */
interface ReleasedRef extends BlobKeyRow {
  readonly stream: string
  readonly owner: string
  /** Epoch milliseconds. */
  readonly referencedAt: bigint
}

type RefColumns = [
  tenants: readonly string[],
  hashes: readonly Buffer[],
  streams: readonly string[],
  owners: readonly string[],
]

/** Compiles them. */
export function contentStatements(database: Database, tables: Tables): ContentStatements {
  const { blobs, blobRefs, entities } = tables
  const blobKeys = sql`unnest(${parameter}::text[], ${parameter}::bytea[]) as key (tenant, hash)`
  const refColumns = sql`${parameter}::text[], ${parameter}::bytea[], ${parameter}::uuid[], ${parameter}::text[]`
  const insertRefs = sql`
    insert into ${blobRefs} as ref (tenant, hash, stream, owner, expires_at, referenced_at)
    select tenant, hash, stream, owner, ${timeOf(sql.ref('claim.expiry'))}, ${timeOf(sql.ref('claim.at'))}
    from unnest(${refColumns}, ${parameter}::int8[], ${parameter}::int8[])
      as claim (tenant, hash, stream, owner, expiry, at)
    order by tenant collate "C", hash, stream, owner collate "C"`
  return {
    findBlobs: prepareStatement(
      database,
      'find_blobs',
      sql`select blob.tenant, blob.hash from ${blobKeys}
        join ${blobs} as blob on blob.tenant = key.tenant and blob.hash = key.hash`,
    ),
    holdBlobs: prepareStatement(
      database,
      'hold_blobs',
      sql`
        update ${blobs} as blob set orphaned_at = null
        from ${blobKeys} where blob.tenant = key.tenant and blob.hash = key.hash
        returning blob.tenant, blob.hash`,
    ),
    insertBlobs: prepareStatement(
      database,
      'insert_blobs',
      sql`
        insert into ${blobs} as stored (tenant, hash, size, codec, stored_size, body, created_at)
        select tenant, hash, size, codec, length, substring(bodies from start + 1 for length), ${timeOf(sql.ref('now'))}
        from unnest(
          ${parameter}::text[], ${parameter}::bytea[], ${parameter}::int8[], ${parameter}::text[],
          ${parameter}::int4[], ${parameter}::int4[]
        ) as blob (tenant, hash, size, codec, start, length),
          (select ${parameter}::bytea as bodies, ${parameter}::int8 as now) as given
        order by tenant collate "C", hash
        on conflict (tenant, hash) do update set orphaned_at = null`,
    ),
    releaseRefs: prepareStatement(
      database,
      'release_refs',
      sql`
        delete from ${blobRefs} as ref using unnest(${refColumns}) as key (tenant, hash, stream, owner)
        where ref.tenant = key.tenant and ref.hash = key.hash and ref.stream = key.stream and ref.owner = key.owner
        returning ref.tenant, ref.hash, ref.stream, ref.owner,
          ${millisecondsOf(sql.ref('ref.referenced_at'))} as "referencedAt"`,
    ),
    noteClaims: prepareStatement(
      database,
      'note_claims',
      sql`update ${entities} set unclaimed = null where stream = any(${parameter}::uuid[]) and unclaimed is not null`,
    ),
    claimRefs: prepareStatement(
      database,
      'claim_refs',
      sql`${insertRefs}
        on conflict (tenant, hash, stream, owner) do update
        set expires_at = excluded.expires_at, referenced_at = greatest(ref.referenced_at, excluded.referenced_at)`,
    ),
    // A reference that is there has its blob: the foreign key sees to it. Looking for the blob as well would have the planner
    // match references by content alone, and a content that thousands of fields share would be searched thousands of times.
    findRefs: prepareStatement(
      database,
      'find_refs',
      sql`
        select claim.ordinal
        from unnest(${refColumns}) with ordinality as claim (tenant, hash, stream, owner, ordinal)
        join ${blobRefs} as ref using (tenant, hash, stream, owner)`,
    ),
    readRefs: prepareStatement(
      database,
      'read_refs',
      sql`select hash, owner, ${millisecondsOf(sql.ref('expires_at'))} as "expiresAt"
        from ${blobRefs} where stream = ${parameter}::uuid`,
    ),
    restoreRefs: prepareStatement(
      database,
      'restore_refs',
      sql`${insertRefs} on conflict (tenant, hash, stream, owner) do nothing`,
    ),
  }
}
