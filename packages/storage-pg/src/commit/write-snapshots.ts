// Stores snapshots: in a commit those of its winners, and alone for saveSnapshot.
import { StorageError } from '@perdure/core'
import type { EntityKey, SnapshotRecord } from '@perdure/core'
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Database } from '../connect/engine.ts'
import { parameter, prepareStatement } from '../connect/statement.ts'
import type { Statement } from '../connect/statement.ts'
import type { Tables } from '../schema/tables.ts'
import { streamKey } from '../stream-key.ts'

/** Compiled statement that stores snapshots. */
export type SnapshotsStatement = Statement<
  [
    streams: readonly string[],
    sequences: readonly number[],
    specHashes: readonly string[],
    offsets: readonly number[],
    lengths: readonly number[],
    bodies: Buffer,
  ],
  object
>

/**
 * A snapshot is stored when it is newer than the stored one and not ahead of its entity's head. One of another spec at the
 * same sequence replaces it too: the hosts of a new spec come later than those of the old one.
 */
export function snapshotsStatement(database: Database, tables: Tables): SnapshotsStatement {
  return prepareStatement(
    database,
    'write_snapshots',
    sql`
      insert into ${tables.snapshots} as stored (stream, sequence, spec_hash, body)
      select given.stream, given.sequence, given.spec_hash, substring(bodies from start + 1 for length)
      from unnest(
        ${parameter}::uuid[], ${parameter}::int8[], ${parameter}::text[], ${parameter}::int4[], ${parameter}::int4[]
      ) as given (stream, sequence, spec_hash, start, length)
      join ${tables.entities} as head on head.stream = given.stream and head.version >= given.sequence
        and head.erased_at is null,
        (select ${parameter}::bytea as bodies) as body
      order by given.stream
      on conflict (stream) do update
        set sequence = excluded.sequence, spec_hash = excluded.spec_hash, body = excluded.body
        where stored.sequence < excluded.sequence
          or stored.sequence = excluded.sequence and stored.spec_hash <> excluded.spec_hash`,
  )
}

/** Compiled statement that counts those of these snapshots that are stored, or have a newer one in their place. */
export type CountSnapshotsStatement = Statement<
  [streams: readonly string[], sequences: readonly number[]],
  { readonly count: bigint }
>

/** Compiles it. */
export function countSnapshotsStatement(database: Database, tables: Tables): CountSnapshotsStatement {
  return prepareStatement(
    database,
    'count_snapshots',
    sql`
      select count(*) as count from unnest(${parameter}::uuid[], ${parameter}::int8[]) as given (stream, sequence)
      join ${tables.snapshots} as stored on stored.stream = given.stream and stored.sequence >= given.sequence`,
  )
}

/** A snapshot, and whose. */
export interface SnapshotOf {
  readonly entity: EntityKey
  readonly snapshot: SnapshotRecord
}

/** Stores the snapshots of a commit's winners: each is there afterwards, or a newer one was before. */
export async function commitSnapshots(
  transaction: Kysely<unknown>,
  statements: { readonly snapshots: SnapshotsStatement; readonly countSnapshots: CountSnapshotsStatement },
  snapshots: readonly SnapshotOf[],
): Promise<void> {
  if ((await writeSnapshots(transaction, statements.snapshots, snapshots)) === snapshots.length) return
  const { rows } = await statements.countSnapshots.run(transaction, [
    snapshots.map(({ entity }) => streamKey(entity)),
    snapshots.map(({ snapshot }) => snapshot.sequence),
  ])
  const stored = Number(rows[0]?.count ?? 0n)
  // Within the transaction: what does not add up is rolled back.
  if (stored !== snapshots.length) {
    throw new StorageError(
      'storage_failed',
      `the database stored ${stored} of ${snapshots.length} snapshots; nothing was committed`,
      { details: { stored, snapshots: snapshots.length } },
    )
  }
}

/** Stores these snapshots where they replace what is stored. @returns how many did */
export async function writeSnapshots(
  database: Kysely<unknown>,
  statement: SnapshotsStatement,
  snapshots: readonly SnapshotOf[],
): Promise<number> {
  if (snapshots.length === 0) return 0
  const offsets: number[] = []
  let length = 0
  for (const { snapshot } of snapshots) {
    offsets.push(length)
    length += snapshot.bytes.length
  }
  const { numAffectedRows } = await statement.run(database, [
    snapshots.map(({ entity }) => streamKey(entity)),
    snapshots.map(({ snapshot }) => snapshot.sequence),
    snapshots.map(({ snapshot }) => snapshot.specHash),
    offsets,
    snapshots.map(({ snapshot }) => snapshot.bytes.length),
    Buffer.concat(snapshots.map(({ snapshot }) => snapshot.bytes)),
  ])
  return Number(numAffectedRows ?? 0n)
}
