// Writes blobs and references inside a transaction that already holds the log's head; used by commit and by restoreClaims.
import type { BlobWrite, EntityKey, RefClaim, RefRelease } from '@perdure/core'
import type { Kysely } from 'kysely'
import { columnText } from '../commit/column-text.ts'
import { streamKey } from '../stream-key.ts'
import type { EncodedBody } from './body-codec.ts'
import { encodeBody } from './body-codec.ts'
import type { BlobKeyRow, ContentStatements } from './content-statements.ts'

/** What one entity does to contents. */
export interface ContentChange {
  readonly entity: EntityKey
  readonly blobs: readonly BlobWrite[]
  readonly claims: readonly RefClaim[]
  readonly releases: readonly RefRelease[]
}

/** Bodies on their way in, each encoded at most once, keyed by tenant and hash. */
export interface PendingBodies {
  encoded(tenant: string, blob: BlobWrite): Promise<EncodedBody>
}

/**
 * Encodes the bodies that are not stored yet, before a transaction begins: a repeated value costs one row of a lookup, and
 * nobody waits for a codec while locks are held.
 */
export async function encodeMissingBodies(
  database: Kysely<unknown>,
  statements: ContentStatements,
  changes: readonly ContentChange[],
): Promise<PendingBodies> {
  const wanted = distinctBlobs(changes)
  const bodies = new Map<string, Promise<EncodedBody>>()
  const encoded = (tenant: string, blob: BlobWrite): Promise<EncodedBody> => {
    const key = blobKey(tenant, blob.hash)
    const body = bodies.get(key) ?? encodeBody(blob.bytes)
    bodies.set(key, body)
    return body
  }
  if (wanted.length > 0) {
    const { rows } = await statements.findBlobs.run(database, keyColumns(wanted))
    const stored = new Set(rows.map(rowKey))
    await Promise.all(
      wanted.filter((blob) => !stored.has(blob.key)).map(({ tenant, write }) => encoded(tenant, write)),
    )
  }
  return { encoded }
}

/** Stores blobs that are missing, revives those that are orphaned, and holds all of them for the transaction. */
export async function writeBlobs(
  transaction: Kysely<unknown>,
  statements: ContentStatements,
  changes: readonly ContentChange[],
  bodies: PendingBodies,
  now: number,
): Promise<void> {
  const written = distinctBlobs(changes)
  const held = await holdBlobs(transaction, statements, [...written, ...claimedBlobs(changes)])
  const missing = written.filter(({ key }) => !held.has(key))
  if (missing.length === 0) return
  const encoded = await Promise.all(missing.map(({ tenant, write }) => bodies.encoded(tenant, write)))
  const offsets: number[] = []
  let length = 0
  for (const { bytes } of encoded) {
    offsets.push(length)
    length += bytes.length
  }
  await statements.insertBlobs.run(transaction, [
    ...keyColumns(missing),
    missing.map(({ write }) => write.size),
    encoded.map(({ codec }) => codec),
    offsets,
    encoded.map(({ bytes }) => bytes.length),
    Buffer.concat(encoded.map(({ bytes }) => bytes)),
    now,
  ])
}

/** Releases and claims references; a claim wins over a release of the same field and hash. */
export async function writeRefs(
  transaction: Kysely<unknown>,
  statements: ContentStatements,
  changes: readonly ContentChange[],
): Promise<void> {
  const claims = changes.flatMap(({ entity, claims }) => refsOf(entity, claims))
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
export function refsOf<Ref extends RefRelease>(entity: EntityKey, refs: readonly Ref[]): RefAt<Ref>[] {
  const stream = streamKey(entity)
  const distinct = new Map<string, RefAt<Ref>>()
  for (const ref of refs) {
    const key = `${stream} ${ref.hash} ${ref.field}`
    distinct.set(key, { tenant: entity.tenant, stream, ref, key })
  }
  return [...distinct.values()]
}

interface BlobAt {
  readonly key: string
  readonly tenant: string
  readonly hash: string
}

async function holdBlobs(
  transaction: Kysely<unknown>,
  statements: ContentStatements,
  blobs: readonly BlobAt[],
): Promise<ReadonlySet<string>> {
  if (blobs.length === 0) return new Set()
  const { rows } = await statements.holdBlobs.run(transaction, keyColumns(blobs))
  return new Set(rows.map(rowKey))
}

function distinctBlobs(changes: readonly ContentChange[]): (BlobAt & { readonly write: BlobWrite })[] {
  const distinct = new Map<string, BlobAt & { readonly write: BlobWrite }>()
  for (const { entity, blobs } of changes) {
    for (const write of blobs) {
      const key = blobKey(entity.tenant, write.hash)
      distinct.set(key, { key, tenant: entity.tenant, hash: write.hash, write })
    }
  }
  return [...distinct.values()]
}

function claimedBlobs(changes: readonly ContentChange[]): BlobAt[] {
  return changes.flatMap(({ entity, claims }) =>
    claims.map(({ hash }) => ({ key: blobKey(entity.tenant, hash), tenant: entity.tenant, hash })),
  )
}

function keyColumns(blobs: readonly BlobAt[]): [string[], Buffer[]] {
  return [blobs.map(({ tenant }) => tenant), blobs.map(({ hash }) => Buffer.from(hash, 'hex'))]
}

function rowKey({ tenant, hash }: BlobKeyRow): string {
  return blobKey(tenant, hash.toString('hex'))
}

function blobKey(tenant: string, hash: string): string {
  return `${hash} ${tenant}`
}

/** Far beyond any clock, and still a timestamptz. */
const latestExpiry = Number.MAX_SAFE_INTEGER

function expiryOf({ expiresAt }: RefClaim): number | undefined {
  return expiresAt === undefined ? undefined : Math.min(expiresAt, latestExpiry)
}
