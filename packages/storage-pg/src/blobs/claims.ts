// What replay asks about contents: which claims are not kept, and please put them back.
import type { BlobWrite, EntityKey, RefClaim } from '@perdure/core'
import { sql } from 'kysely'
import { millisecondsOf } from '../schema/time.ts'
import type { StorageContext } from '../storage-context.ts'
import { streamKey } from '../stream-key.ts'
import { encodeMissingBodies, writeBlobs } from './write-blobs.ts'
import { refColumns, restoreRefs } from './write-refs.ts'

/** See `Storage.findMissingClaims`. */
export async function findMissingClaims(
  { database, statements }: StorageContext,
  entity: EntityKey,
  claims: readonly RefClaim[],
): Promise<readonly RefClaim[]> {
  if (claims.length === 0) return []
  const columns = refColumns(
    claims.map((ref) => ({ tenant: entity.tenant, stream: streamKey(entity), ref, key: '' })),
  )
  const { rows } = await statements.contents.findRefs.run(database, columns)
  const kept = new Set(rows.map(({ ordinal }) => Number(ordinal) - 1))
  return claims.filter((_, index) => !kept.has(index))
}

/** See `Storage.restoreClaims`. Holds the log's head while it writes, as commits do: none can come in between. */
export async function restoreClaims(
  context: StorageContext,
  entity: EntityKey,
  version: number,
  claims: readonly RefClaim[],
  blobs: readonly BlobWrite[],
): Promise<boolean> {
  const { database, tables, clock, probe } = context
  const statements = context.statements.contents
  const change = { entity, at: clock.now(), blobs, claims, releases: [] }
  const bodies = await encodeMissingBodies(database, statements, [change])
  await probe('storage.restore.begin', { id: entity.id })
  const isDone = await database.transaction().execute(async (transaction) => {
    await sql`select from ${tables.logHead} for update`.execute(transaction)
    const { rows } = await sql<{ version: bigint; updatedAt: bigint }>`
      select version, ${millisecondsOf(sql.ref('updated_at'))} as "updatedAt"
      from ${tables.entities} where stream = ${streamKey(entity)}::uuid`.execute(transaction)
    const [head] = rows
    if (head?.version !== BigInt(version)) return false
    const isStored = await writeBlobs(transaction, statements, [change], bodies, clock.now())
    const kept = claims.filter(({ hash }) => isStored(entity.tenant, hash))
    await restoreRefs(transaction, statements, entity, kept, Number(head.updatedAt))
    await probe('storage.restore.written', { id: entity.id })
    return true
  })
  await probe('storage.restore.end', { id: entity.id })
  return isDone
}
