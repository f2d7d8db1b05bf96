// Makes the stored claims of an entity those of its state: asked at every activation, and nearly always there is nothing
// to do, so it looks first and takes locks only to change something.
import type { EntityKey, RefClaim, RefRelease } from '@perdure/core'
import { sql } from 'kysely'
import { columnText, textOfColumn } from '../column-text.ts'
import type { StorageContext } from '../storage-context.ts'
import { streamKey } from '../stream-key.ts'
import type { HeldRef } from './content-statements.ts'
import { changeRefs, expiryOf } from './write-refs.ts'

/** See `Storage.alignClaims`. Holds the log's head while it writes, as commits do: none can come in between. */
export async function alignClaims(
  { database, statements, tables }: StorageContext,
  entity: EntityKey,
  version: number,
  claims: readonly RefClaim[],
): Promise<number> {
  const stream = streamKey(entity)
  const { rows: held } = await statements.contents.readRefs.run(database, [stream])
  const changes = changesOf(held, claims)
  const count = changes.claims.length + changes.releases.length
  if (count === 0) return 0
  return database.transaction().execute(async (transaction) => {
    await sql`select from ${tables.logHead} for update`.execute(transaction)
    const { rows } = await sql<{ version: bigint }>`
      select version from ${tables.entities} where stream = ${stream}::uuid`.execute(transaction)
    if (rows[0]?.version !== BigInt(version)) return 0
    await changeRefs(transaction, statements.contents, entity, changes)
    return count
  })
}

/** What differs between what is held and what should be. */
function changesOf(
  held: readonly HeldRef[],
  claims: readonly RefClaim[],
): { readonly claims: readonly RefClaim[]; readonly releases: readonly RefRelease[] } {
  const wanted = new Map(claims.map((claim) => [keyOf(columnText(claim.field), claim.hash), claim]))
  const changed: RefClaim[] = []
  const releases: RefRelease[] = []
  for (const { hash: bytes, owner, expiresAt } of held) {
    const hash = bytes.toString('hex')
    const claim = wanted.get(keyOf(owner, hash))
    if (claim === undefined) releases.push({ field: textOfColumn(owner), hash })
    else if (expiryOf(claim) !== (expiresAt === null ? undefined : Number(expiresAt))) changed.push(claim)
  }
  return { claims: changed, releases }
}

function keyOf(owner: string, hash: string): string {
  return `${hash} ${owner}`
}
