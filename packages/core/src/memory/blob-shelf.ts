// Blobs of every tenant and the references to them. The reference carries the lifetime, the blob does not: a blob stays
// while any reference to it does, and leaves in two steps, first marked as orphaned, later deleted.
import type { EntityKey } from '../entity/entity-key.ts'
import type { BlobWrite } from '../fields/blob-ref.ts'
import { hashContent } from '../fields/content-hash.ts'
import type { RefClaim, RefRelease } from '../storage/commit-unit.ts'
import { StorageError } from '../storage/storage-error.ts'
import { address, entityAddress } from './address.ts'

/** A field's hold on content. */
export interface StoredReference {
  readonly entity: EntityKey
  /** When it ends, epoch milliseconds; undefined: never. */
  readonly expiresAt: number | undefined
  /** When it was last made, epoch milliseconds. */
  readonly referencedAt: number
}

/** Content at rest with everything that refers to it, so that no reference can outlive its content. */
export interface StoredBlob {
  readonly tenant: string
  readonly hash: string
  readonly bytes: Uint8Array
  readonly size: number
  /** By type, id and field of the owner. */
  readonly references: Map<string, StoredReference>
  /** Since when nothing is known to refer to it, epoch milliseconds. */
  orphanedAt: number | undefined
}

/** What the shelf holds, counted. */
export interface ShelfCounts {
  readonly blobs: number
  readonly orphanedBlobs: number
  readonly refs: number
  readonly referencedBytes: number
  readonly referencedBlobBytes: number
  readonly blobBytes: number
  readonly storedBytes: number
}

/** Holds blobs under (tenant, hash); bytes are copied in and copied out. */
export class BlobShelf {
  readonly #blobs = new Map<string, StoredBlob>()
  /** Entity → what its fields have claimed, for finding it by entity. May name references that have ended since. */
  readonly #claimed = new Map<string, Map<string, RefRelease>>()

  has(tenant: string, hash: string): boolean {
    return this.#blobs.has(address(tenant, hash))
  }

  /** Stores content unless it is there; an orphan is orphaned no longer. */
  put(tenant: string, { hash, size, bytes }: BlobWrite): void {
    const stored = this.#find(tenant, hash)
    if (stored !== undefined) stored.orphanedAt = undefined
    else {
      const content = { tenant, hash, bytes: new Uint8Array(bytes), size }
      this.#blobs.set(address(tenant, hash), { ...content, references: new Map(), orphanedAt: undefined })
    }
  }

  /** @throws StorageError `corrupt_blob` if the bytes are not those the hash was made of */
  read(tenant: string, hash: string): Uint8Array | undefined {
    const blob = this.#find(tenant, hash)
    if (blob === undefined) return undefined
    if (this.fault(tenant, hash) !== undefined) throw corrupt(tenant, hash, blob)
    return new Uint8Array(blob.bytes)
  }

  holds(entity: EntityKey, claim: RefRelease): boolean {
    return this.#find(entity.tenant, claim.hash)?.references.has(owner(entity, claim)) ?? false
  }

  /** Whether the entity holds anything. */
  holdsAnyOf(entity: EntityKey): boolean {
    return this.#heldBy(entity).length > 0
  }

  /** Takes hold of content that is there, at this time; taking it again replaces the expiry and counts as made anew. */
  claim(entity: EntityKey, claim: RefClaim, at: number): void {
    const blob = this.#find(entity.tenant, claim.hash)
    if (blob === undefined) return
    const earlier = blob.references.get(owner(entity, claim))?.referencedAt ?? at
    const reference = { entity, expiresAt: claim.expiresAt, referencedAt: Math.max(earlier, at) }
    blob.references.set(owner(entity, claim), reference)
    blob.orphanedAt = undefined
    const { field, hash } = claim
    const claimed = this.#claimed.get(entityAddress(entity)) ?? new Map<string, RefRelease>()
    this.#claimed.set(entityAddress(entity), claimed.set(address(field, hash), { field, hash }))
  }

  release(entity: EntityKey, release: RefRelease): void {
    this.#find(entity.tenant, release.hash)?.references.delete(owner(entity, release))
    this.#claimed.get(entityAddress(entity))?.delete(address(release.field, release.hash))
  }

  /** Releases what the entity holds beyond these claims, and gives the others their expiry. @returns how many changed */
  align(entity: EntityKey, claims: readonly RefClaim[]): number {
    const wanted = new Map(claims.map((claim) => [address(claim.field, claim.hash), claim]))
    let changed = 0
    for (const held of this.#heldBy(entity)) {
      const claim = wanted.get(address(held.field, held.hash))
      if (claim === undefined) this.release(entity, held)
      // At no time of its own: the reference stays as old as it is.
      else if (claim.expiresAt !== this.#expiryOf(entity, held)) this.claim(entity, claim, -Infinity)
      else continue
      changed++
    }
    return changed
  }

  /** Drops what the entity holds, and the content that nobody else does. @returns how many of both */
  erase(entity: EntityKey): { readonly references: number; readonly blobs: number } {
    let [references, blobs] = [0, 0]
    for (const held of this.#heldBy(entity)) {
      this.release(entity, held)
      references++
      if (this.#find(entity.tenant, held.hash)?.references.size !== 0) continue
      this.#blobs.delete(address(entity.tenant, held.hash))
      blobs++
    }
    this.#claimed.delete(entityAddress(entity))
    return { references, blobs }
  }

  /** Deletes those of these that nothing refers to, marked or not. */
  deleteUnreferenced(tenant: string, hashes: Iterable<string>): void {
    for (const hash of hashes)
      if (this.#find(tenant, hash)?.references.size === 0) this.#blobs.delete(address(tenant, hash))
  }

  /** Drops the references that are due. @returns how many */
  drop(isDue: (reference: StoredReference, blob: StoredBlob) => boolean): number {
    let dropped = 0
    for (const blob of this.#blobs.values())
      for (const [owner, reference] of blob.references)
        if (isDue(reference, blob)) {
          blob.references.delete(owner)
          dropped++
        }
    return dropped
  }

  /** Marks the blobs that nothing refers to. @returns how many were not marked before */
  markOrphans(now: number): number {
    let marked = 0
    for (const blob of this.#blobs.values())
      if (blob.references.size === 0 && blob.orphanedAt === undefined) {
        blob.orphanedAt = now
        marked++
      }
    return marked
  }

  /** Deletes the blobs that have been orphans since `deadline` or longer and still are. */
  deleteOrphans(deadline: number): { readonly deletedBlobs: number; readonly freedBytes: number } {
    let deletedBlobs = 0
    let freedBytes = 0
    for (const [key, { bytes, references, orphanedAt }] of this.#blobs)
      if (references.size === 0 && orphanedAt !== undefined && orphanedAt <= deadline) {
        this.#blobs.delete(key)
        deletedBlobs++
        freedBytes += bytes.length
      }
    return { deletedBlobs, freedBytes }
  }

  count(): ShelfCounts {
    const blobs = [...this.#blobs.values()]
    const sum = (measure: (blob: StoredBlob) => number): number =>
      blobs.reduce((total, blob) => total + measure(blob), 0)
    return {
      blobs: blobs.length,
      orphanedBlobs: sum((blob) => (blob.orphanedAt === undefined ? 0 : 1)),
      refs: sum((blob) => blob.references.size),
      referencedBytes: sum((blob) => blob.references.size * blob.size),
      referencedBlobBytes: sum((blob) => (blob.references.size > 0 ? blob.size : 0)),
      blobBytes: sum((blob) => blob.size),
      storedBytes: sum((blob) => blob.bytes.length),
    }
  }

  /** Tenant and hash of every blob, with how many references it has. */
  *keys(): Generator<{ readonly tenant: string; readonly hash: string; readonly references: number }> {
    for (const [key, { references }] of this.#blobs) {
      const [tenant = '', hash = ''] = JSON.parse(key) as readonly string[]
      yield { tenant, hash, references: references.size }
    }
  }

  /** What is wrong with content, if anything is. */
  fault(tenant: string, hash: string): 'length' | 'hash' | undefined {
    const blob = this.#find(tenant, hash)
    if (blob === undefined) return undefined
    if (blob.bytes.length !== blob.size) return 'length'
    return hashContent(blob.bytes) === hash ? undefined : 'hash'
  }

  /** Every blob, in no order. */
  blobs(): readonly StoredBlob[] {
    return [...this.#blobs.values()]
  }

  /** The same blobs and references, to try on what would become of them. */
  copy(): BlobShelf {
    const copy = new BlobShelf()
    for (const [key, blob] of this.#blobs)
      copy.#blobs.set(key, { ...blob, references: new Map(blob.references) })
    return copy
  }

  /** For tests: loses a blob, and with it the references to it. */
  lose(tenant: string, hash: string): void {
    this.#blobs.delete(address(tenant, hash))
  }

  /** For tests: flips a bit of the stored bytes. */
  corrupt(tenant: string, hash: string): void {
    const bytes = this.#find(tenant, hash)?.bytes
    if (bytes !== undefined) bytes[0] = (bytes[0] ?? 0) ^ 1
  }

  #heldBy(entity: EntityKey): readonly RefRelease[] {
    const claimed = [...(this.#claimed.get(entityAddress(entity))?.values() ?? [])]
    return claimed.filter((claim) => this.holds(entity, claim))
  }

  #expiryOf(entity: EntityKey, claim: RefRelease): number | undefined {
    return this.#find(entity.tenant, claim.hash)?.references.get(owner(entity, claim))?.expiresAt
  }

  #find(tenant: string, hash: string): StoredBlob | undefined {
    return this.#blobs.get(address(tenant, hash))
  }
}

function owner(entity: EntityKey, { field }: { readonly field: string }): string {
  return address(entity.type, entity.id, field)
}

function corrupt(tenant: string, hash: string, blob: StoredBlob): StorageError {
  const message = `Blob ${hash} of tenant '${tenant}' does not hold the ${blob.size} bytes its hash was made of. Restore it from a backup, or set the fields that refer to it again.`
  return new StorageError('corrupt_blob', message, { details: { tenant, hash, size: blob.size } })
}
