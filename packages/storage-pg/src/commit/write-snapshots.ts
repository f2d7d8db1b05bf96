// Stores snapshots: in a commit those of its winners, and alone for saveSnapshot.
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

/** Stores these snapshots where they replace what is stored. */
export async function writeSnapshots(
  database: Kysely<unknown>,
  statement: SnapshotsStatement,
  snapshots: readonly { readonly entity: EntityKey; readonly snapshot: SnapshotRecord }[],
): Promise<void> {
  if (snapshots.length === 0) return
  const offsets: number[] = []
  let length = 0
  for (const { snapshot } of snapshots) {
    offsets.push(length)
    length += snapshot.bytes.length
  }
  await statement.run(database, [
    snapshots.map(({ entity }) => streamKey(entity)),
    snapshots.map(({ snapshot }) => snapshot.sequence),
    snapshots.map(({ snapshot }) => snapshot.specHash),
    offsets,
    snapshots.map(({ snapshot }) => snapshot.bytes.length),
    Buffer.concat(snapshots.map(({ snapshot }) => snapshot.bytes)),
  ])
}
