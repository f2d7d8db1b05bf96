// Changes the references of a commit or of a restoration, after its blobs, in the same transaction.
import type { EntityKey, RefClaim, RefRelease } from '@perdure/core'
import type { Kysely } from 'kysely'
import { columnText } from '../column-text.ts'
import { streamKey } from '../stream-key.ts'
import type { ContentChange } from './content-change.ts'
import type { ContentStatements } from './content-statements.ts'

/** Releases and claims references; a claim wins over a release of the same field and hash. */
export async function writeRefs(
  transaction: Kysely<unknown>,
  statements: ContentStatements,
  changes: readonly ContentChange[],
): Promise<void> {
  const claims = changes.flatMap(({ entity, at, claims }) =>
    refsOf(entity, claims).map((ref) => ({ ...ref, at })),
  )
  const claimed = new Set(claims.map(({ key }) => key))
  const releases = changes
    .flatMap(({ entity, releases }) => refsOf(entity, releases))
    .filter(({ key }) => !claimed.has(key))
  if (releases.length > 0) {
    const touched = [...claims, ...releases]
    await statements.releaseRefs.run(transaction, [
      ...refColumns(touched),
      touched.map(({ key }) => !claimed.has(key)),
    ])
  }
  if (claims.length > 0) {
    await statements.claimRefs.run(transaction, [
      ...refColumns(claims),
      claims.map(({ ref }) => expiryOf(ref)),
      claims.map(({ at }) => at),
    ])
  }
}

/** Puts references back that are missing. */
export async function restoreRefs(
  transaction: Kysely<unknown>,
  statements: ContentStatements,
  entity: EntityKey,
  claims: readonly RefClaim[],
): Promise<void> {
  const refs = refsOf(entity, claims)
  await statements.restoreRefs.run(transaction, [...refColumns(refs), refs.map(({ ref }) => expiryOf(ref))])
}

/** Releases references, and gives others that are there another expiry; locks all of them in the order of keys first. */
export async function changeRefs(
  transaction: Kysely<unknown>,
  statements: ContentStatements,
  entity: EntityKey,
  { claims, releases }: { readonly claims: readonly RefClaim[]; readonly releases: readonly RefRelease[] },
): Promise<void> {
  const [changed, released] = [refsOf(entity, claims), refsOf(entity, releases)]
  await statements.releaseRefs.run(transaction, [
    ...refColumns([...changed, ...released]),
    [...changed.map(() => false), ...released.map(() => true)],
  ])
  if (changed.length === 0) return
  await statements.changeRefs.run(transaction, [
    ...refColumns(changed),
    changed.map(({ ref }) => expiryOf(ref)),
  ])
}

/** The columns of a reference's key, for `unnest`. */
export function refColumns(refs: readonly RefAt<RefRelease>[]): [string[], Buffer[], string[], string[]] {
  return [
    refs.map(({ tenant }) => tenant),
    refs.map(({ ref }) => Buffer.from(ref.hash, 'hex')),
    refs.map(({ stream }) => stream),
    refs.map(({ ref }) => columnText(ref.field)),
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
    const key = `${stream} ${ref.hash} ${ref.field}`
    distinct.set(key, { tenant: entity.tenant, stream, ref, key })
  }
  return [...distinct.values()]
}

/** Far beyond any clock, and still a timestamptz. */
const latestExpiry = Number.MAX_SAFE_INTEGER

/** A claim's expiry as it is stored. */
export function expiryOf({ expiresAt }: RefClaim): number | undefined {
  return expiresAt === undefined ? undefined : Math.min(expiresAt, latestExpiry)
}
