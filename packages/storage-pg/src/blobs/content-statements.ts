// Statements on blobs and their references. Locks are taken in one order everywhere: the log's head, heads, then blobs by
// (tenant, hash), then references by (tenant, hash, stream, owner); so a sweep and a commit never deadlock.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Database } from '../connect/engine.ts'
import { parameter, prepareStatement } from '../connect/statement.ts'
import type { Statement } from '../connect/statement.ts'
import type { Tables } from '../schema/tables.ts'
import { millisecondsOf, timeOf } from '../schema/time.ts'

/** The statements that write contents, compiled for one storage. */
export interface ContentStatements {
  /** Which of these blobs are stored; locks nothing, so only a hint. */
  readonly findBlobs: Statement<[tenants: readonly string[], hashes: readonly Buffer[]], BlobKeyRow>
  /** Holds those of these blobs that are stored, and revives the orphaned ones. */
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
  /** Locks all these references in order, then deletes the ones to release. */
  readonly releaseRefs: Statement<[...RefColumns, releases: readonly boolean[]], object>
  /** Every reference of an entity. */
  readonly readRefs: Statement<[stream: string], HeldRef>
  /** Gives references that are there another expiry. */
  readonly changeRefs: Statement<[...RefColumns, expiries: readonly (number | undefined)[]], object>
  /** Inserts references; one that is there gets the new expiry, and the time of the claim. */
  readonly claimRefs: Statement<
    [...RefColumns, expiries: readonly (number | undefined)[], times: readonly number[]],
    object
  >
  /** Inserts references to blobs that are stored, as old as the entity's newest event; one that is there stays as it is. */
  readonly restoreRefs: Statement<[...RefColumns, expiries: readonly (number | undefined)[]], object>
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
  const insertRefs = (
    claims: RawBuilder<unknown>,
    madeAt: RawBuilder<unknown>,
    condition: RawBuilder<unknown>,
  ): RawBuilder<unknown> => sql`
    insert into ${blobRefs} as ref (tenant, hash, stream, owner, expires_at, referenced_at)
    select tenant, hash, stream, owner, ${timeOf(sql.ref('claim.expiry'))}, ${madeAt}
    from ${claims}
    ${condition}
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
        with held as (
          select blob.tenant, blob.hash, blob.orphaned_at from ${blobs} as blob
          where (blob.tenant, blob.hash) in (select key.tenant, key.hash from ${blobKeys})
          order by blob.tenant, blob.hash
          for key share
        ),
        revived as (
          update ${blobs} as blob set orphaned_at = null
          from held where blob.tenant = held.tenant and blob.hash = held.hash and held.orphaned_at is not null
        )
        select tenant, hash from held`,
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
        with held as (
          select ref.tenant, ref.hash, ref.stream, ref.owner, key.release
          from unnest(${refColumns}, ${parameter}::bool[]) as key (tenant, hash, stream, owner, release)
          join ${blobRefs} as ref using (tenant, hash, stream, owner)
          order by ref.tenant, ref.hash, ref.stream, ref.owner
          for update of ref
        )
        delete from ${blobRefs} as ref using held
        where held.release and ref.tenant = held.tenant and ref.hash = held.hash
          and ref.stream = held.stream and ref.owner = held.owner`,
    ),
    claimRefs: prepareStatement(
      database,
      'claim_refs',
      sql`${insertRefs(
        sql`unnest(${refColumns}, ${parameter}::int8[], ${parameter}::int8[])
          as claim (tenant, hash, stream, owner, expiry, at)`,
        timeOf(sql.ref('claim.at')),
        sql``,
      )}
        on conflict (tenant, hash, stream, owner) do update
        set expires_at = excluded.expires_at, referenced_at = greatest(ref.referenced_at, excluded.referenced_at)
        where ref.expires_at is distinct from excluded.expires_at or ref.referenced_at < excluded.referenced_at`,
    ),
    readRefs: prepareStatement(
      database,
      'read_refs',
      sql`select hash, owner, ${millisecondsOf(sql.ref('expires_at'))} as "expiresAt"
        from ${blobRefs} where stream = ${parameter}::uuid`,
    ),
    changeRefs: prepareStatement(
      database,
      'change_refs',
      sql`
        update ${blobRefs} as ref set expires_at = ${timeOf(sql.ref('claim.expiry'))}
        from unnest(${refColumns}, ${parameter}::int8[]) as claim (tenant, hash, stream, owner, expiry)
        where ref.tenant = claim.tenant and ref.hash = claim.hash
          and ref.stream = claim.stream and ref.owner = claim.owner`,
    ),
    restoreRefs: prepareStatement(
      database,
      'restore_refs',
      sql`
        ${insertRefs(
          sql`unnest(${refColumns}, ${parameter}::int8[]) as claim (tenant, hash, stream, owner, expiry)`,
          sql`(select updated_at from ${entities} as head where head.stream = claim.stream)`,
          sql`where exists (
            select from ${blobs} as blob where blob.tenant = claim.tenant and blob.hash = claim.hash
          )`,
        )}
        on conflict (tenant, hash, stream, owner) do nothing`,
    ),
  }
}
