// What an actor asks a storage to commit: everything that becomes true of one entity, or nothing of it.
import type { EntityEvent } from '../entity/event.ts'
import type { EntityKey } from '../entity/entity-key.ts'
import type { BlobWrite } from '../fields/blob-ref.ts'
import type { SnapshotRecord } from '../snapshot/snapshot-record.ts'

/** A field takes hold of a blob. Taking it again replaces the expiry, and counts as made anew. */
export interface RefClaim {
  readonly field: string
  readonly hash: string
  /** Epoch milliseconds; absent: permanent. */
  readonly expiresAt?: number
}

/** A field lets go of a blob. */
export interface RefRelease {
  readonly field: string
  readonly hash: string
}

/**
 * One entity's part of a commit. Atomic by itself: a unit is stored whole or not at all, and never with a neighbour's
 * failure. Committing the same unit again (same first event id at the same sequence) answers as the first time.
 */
export interface CommitUnit {
  readonly entity: EntityKey
  /** The version the first event follows; 0 creates the entity. */
  readonly expectedVersion: number
  /** At least one; sequences run on from `expectedVersion` without a gap. The time of the last is that of the claims. */
  readonly events: readonly EntityEvent[]
  /** Status after the last event. */
  readonly status: string
  /** Set when the last event is the tombstone, epoch milliseconds. */
  readonly deletedAt?: number
  /** Contents the claims need; those already stored are kept as they are. */
  readonly blobs: readonly BlobWrite[]
  readonly claims: readonly RefClaim[]
  readonly releases: readonly RefRelease[]
  /** Replaces the stored snapshot if its sequence is higher, or the same under another spec hash. */
  readonly snapshot?: SnapshotRecord
  /** The lease of the host that writes; it has the entity from then on. Absent: nobody has it. */
  readonly owner?: number
}
