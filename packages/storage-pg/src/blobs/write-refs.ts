// Changes the references of a commit, a restoration or an alignment, after its blobs, in the same transaction.
import { StorageError } from '@perdure/core'
import type { EntityKey, RefClaim, RefRelease } from '@perdure/core'
import type { Kysely } from 'kysely'
import { columnText } from '../column-text.ts'
import { streamKey } from '../stream-key.ts'
import type { ContentChange } from './content-change.ts'
import type { ContentStatements } from './content-statements.ts'
import { inKeyOrder } from './key-order.ts'

/** Releases and claims references; a claim wins over a release of the same field and hash. */
export async function writeRefs(
  transaction: Kysely<unknown>,
  statements: ContentStatements,
  changes: readonly ContentChange[],
): Promise<void> {
  const claims = changes.flatMap(({ entity, at, claims }) =>
    refsOf(entity, claims).map((ref) => ({ ...ref, at })),
  )
  await noteClaims(transaction, statements, claims)
  const claimed = new Set(claims.map(({ key }) => key))
  const releases = changes
    .flatMap(({ entity, releases }) => refsOf(entity, releases))
    .filter(({ key }) => !claimed.has(key))
  if (releases.length === 0) return insertClaims(transaction, statements, claims)
  const times = await takeAway(transaction, statements, [...claims, ...releases])
  await checkGone(
    transaction,
    statements,
    releases.filter(({ key }) => !times.has(key)),
  )
  await insertClaims(
    transaction,
    statements,
    claims.map((claim) => ({ ...claim, at: Math.max(claim.at, times.get(claim.key) ?? claim.at) })),
  )
}

/** Puts references back that are missing. @param at - the time of the entity's newest event */
export async function restoreRefs(
  transaction: Kysely<unknown>,
  statements: ContentStatements,
  entity: EntityKey,
  claims: readonly RefClaim[],
  at: number,
): Promise<void> {
  const refs = refsOf(entity, claims)
  await noteClaims(transaction, statements, refs)
  await statements.restoreRefs.run(transaction, [
    ...refColumns(refs),
    refs.map(({ ref }) => expiryOf(ref)),
    refs.map(() => at),
  ])
}

/** Releases references, and gives others that are there another expiry. */
export async function changeRefs(
  transaction: Kysely<unknown>,
  statements: ContentStatements,
  entity: EntityKey,
  { claims, releases }: { readonly claims: readonly RefClaim[]; readonly releases: readonly RefRelease[] },
): Promise<void> {
  const changed = refsOf(entity, claims)
  const times = await takeAway(transaction, statements, [...changed, ...refsOf(entity, releases)])
  const kept = changed.flatMap((claim) => {
    const at = times.get(claim.key)
    return at === undefined ? [] : { ...claim, at }
  })
  await insertClaims(transaction, statements, kept)
}

/**
 * Deletes references, also those that are to be claimed anew: all that is touched is locked in one pass in the order of keys,
 * as others do it, and what is inserted afterwards waits for nobody. No content is without its reference meanwhile, for
 * nobody sees the transaction before its end.
 *
 * @returns when those that were there were last made, by their `key`
 */
async function takeAway(
  transaction: Kysely<unknown>,
  statements: ContentStatements,
  refs: readonly RefAt<RefRelease>[],
): Promise<ReadonlyMap<string, number>> {
  const keys = inKeyOrder(refs.map(keyOf))
  const { rows } = await statements.releaseRefs.run(transaction, [
    keys.map(({ tenant }) => tenant),
    keys.map(({ hash }) => hash),
    keys.map(({ stream }) => stream),
    keys.map(({ owner }) => owner),
  ])
  return new Map(
    rows.map(({ hash, stream, owner, referencedAt }) => [
      rowKey(stream, hash.toString('hex'), owner),
      Number(referencedAt),
    ]),
  )
}

/** Those that a statement did not delete may have been swept before; one that is still there was left by mistake. */
async function checkGone(
  transaction: Kysely<unknown>,
  statements: ContentStatements,
  refs: readonly RefAt<RefRelease>[],
): Promise<void> {
  if (refs.length === 0) return
  const { rows } = await statements.findRefs.run(transaction, refColumns(refs))
  if (rows.length > 0) {
    throw new StorageError(
      'storage_failed',
      `the database kept ${rows.length} of ${refs.length} references that were released; nothing was committed`,
      { details: { kept: rows.length, references: refs.length } },
    )
  }
}

/** From now on an activation looks for claims of these entities. Their heads are held by this transaction already. */
async function noteClaims(
  transaction: Kysely<unknown>,
  statements: ContentStatements,
  claims: readonly RefAt<RefClaim>[],
): Promise<void> {
  if (claims.length === 0) return
  await statements.noteClaims.run(transaction, [[...new Set(claims.map(({ stream }) => stream))]])
}

async function insertClaims(
  transaction: Kysely<unknown>,
  statements: ContentStatements,
  claims: readonly (RefAt<RefClaim> & { readonly at: number })[],
): Promise<void> {
  if (claims.length === 0) return
  const { numAffectedRows } = await statements.claimRefs.run(transaction, [
    ...refColumns(claims),
    claims.map(({ ref }) => expiryOf(ref)),
    claims.map(({ at }) => at),
  ])
  // Within the transaction: what does not add up is rolled back.
  if (numAffectedRows !== BigInt(claims.length)) {
    throw new StorageError(
      'storage_failed',
      `the database stored ${numAffectedRows ?? 'an unknown number'} of ${claims.length} references; nothing was committed`,
      { details: { stored: Number(numAffectedRows ?? 0n), references: claims.length } },
    )
  }
}

/** The columns of a reference's key, for `unnest`. */
export function refColumns(refs: readonly RefAt<RefRelease>[]): [string[], Buffer[], string[], string[]] {
  const keys = refs.map(keyOf)
  return [
    keys.map(({ tenant }) => tenant),
    keys.map(({ hash }) => hash),
    keys.map(({ stream }) => stream),
    keys.map(({ owner }) => owner),
  ]
}

/** A reference with the entity it belongs to. */
export interface RefAt<Ref extends RefRelease> {
  readonly tenant: string
  readonly stream: string
  readonly ref: Ref
  readonly key: string
}

/** An entity's references; of two to the same field and hash the later one counts. */
function refsOf<Ref extends RefRelease>(entity: EntityKey, refs: readonly Ref[]): RefAt<Ref>[] {
  const stream = streamKey(entity)
  const distinct = new Map<string, RefAt<Ref>>()
  for (const ref of refs) {
    const key = rowKey(stream, ref.hash, columnText(ref.field))
    distinct.set(key, { tenant: entity.tenant, stream, ref, key })
  }
  return [...distinct.values()]
}

function keyOf({ tenant, stream, ref }: RefAt<RefRelease>): {
  readonly tenant: string
  readonly hash: Buffer
  readonly stream: string
  readonly owner: string
} {
  return { tenant, hash: Buffer.from(ref.hash, 'hex'), stream, owner: columnText(ref.field) }
}

function rowKey(stream: string, hash: string, owner: string): string {
  return `${stream} ${hash} ${owner}`
}

/** Far beyond any clock, and still a timestamptz. */
const latestExpiry = Number.MAX_SAFE_INTEGER

/** A claim's expiry as it is stored. */
export function expiryOf({ expiresAt }: RefClaim): number | undefined {
  return expiresAt === undefined ? undefined : Math.min(expiresAt, latestExpiry)
}
