// Stores the blobs of a commit or of a restoration, in a transaction that already holds the head of the log.
import { StorageError } from '@perdure/core'
import type { BlobWrite } from '@perdure/core'
import type { Kysely } from 'kysely'
import type { EncodedBody } from './body-codec.ts'
import { encodeBody } from './body-codec.ts'
import type { ContentChange } from './content-change.ts'
import type { BlobKeyRow, ContentStatements } from './content-statements.ts'
import { inKeyOrder } from './key-order.ts'

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

/**
 * Stores blobs that are missing, revives those that are orphaned, and holds all of them for the transaction.
 *
 * @returns whether a content is stored, of those that are written or claimed
 */
export async function writeBlobs(
  transaction: Kysely<unknown>,
  statements: ContentStatements,
  changes: readonly ContentChange[],
  bodies: PendingBodies,
  now: number,
): Promise<(tenant: string, hash: string) => boolean> {
  const written = distinctBlobs(changes)
  const held = await holdBlobs(transaction, statements, [...written, ...claimedBlobs(changes)])
  const missing = written.filter(({ key }) => !held.has(key))
  const stored = new Set([...held, ...missing.map(({ key }) => key)])
  const isStored = (tenant: string, hash: string): boolean => stored.has(blobKey(tenant, hash))
  if (missing.length === 0) return isStored
  const encoded = await Promise.all(missing.map(({ tenant, write }) => bodies.encoded(tenant, write)))
  const offsets: number[] = []
  let length = 0
  for (const { bytes } of encoded) {
    offsets.push(length)
    length += bytes.length
  }
  const { numAffectedRows } = await statements.insertBlobs.run(transaction, [
    ...keyColumns(missing),
    missing.map(({ write }) => write.size),
    encoded.map(({ codec }) => codec),
    offsets,
    encoded.map(({ bytes }) => bytes.length),
    Buffer.concat(encoded.map(({ bytes }) => bytes)),
    now,
  ])
  // Within the transaction: what does not add up is rolled back.
  if (numAffectedRows !== BigInt(missing.length)) {
    throw new StorageError(
      'storage_failed',
      `the database stored ${numAffectedRows ?? 'an unknown number'} of ${missing.length} contents; nothing was committed`,
      { details: { stored: Number(numAffectedRows ?? 0n), contents: missing.length } },
    )
  }
  return isStored
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
  const distinct = [...new Map(blobs.map((blob) => [blob.key, blob])).values()]
  const keys = inKeyOrder(distinct.map(({ tenant, hash }) => ({ tenant, hash: Buffer.from(hash, 'hex') })))
  const { rows } = await statements.holdBlobs.run(transaction, [
    keys.map(({ tenant }) => tenant),
    keys.map(({ hash }) => hash),
  ])
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
