// The storage port. core declares it, storage-pg and memory/ implement it, actors calls it, testkit's contract holds it.
import type { EntityEvent } from '../entity/event.ts'
import type { EntityKey } from '../entity/entity-key.ts'
import type { BlobWrite } from '../fields/blob-ref.ts'
import type { SnapshotRecord } from '../snapshot/snapshot-record.ts'
import type { StorageCapabilities } from './capabilities.ts'
import type { CommitResult } from './commit-result.ts'
import type { CommitUnit, RefClaim } from './commit-unit.ts'
import type {
  ConsumerAdvance,
  ConsumerClaim,
  ConsumerClaimResult,
  ConsumerFailure,
  ConsumerReset,
  ConsumerState,
} from './consumer.ts'
import type { EraseOptions, Erasure } from './erase.ts'
import type { HostLease } from './host-lease.ts'
import type { LogPage, LogRange, LogWatch } from './log.ts'
import type { VerifyOptions, VerifyReport } from './verify.ts'
import type { PruneOptions, PruneResult, SweepOptions, SweepResult } from './retention.ts'

/** Where an entity stands. */
export interface EntityHead extends EntityKey {
  readonly version: number
  readonly status: string
  /** Epoch milliseconds of the last event. */
  readonly updatedAt: number
  readonly deletedAt?: number
  /** Its history is gone for good; `deletedAt` is the same. */
  readonly erasedAt?: number
  /** The lease under which its last event was committed, whether or not that is still there. */
  readonly owner?: number
}

/** An entity as stored: its head, the newest usable snapshot and the events after it. */
export interface LoadedEntity {
  readonly head: EntityHead
  /** Of the spec hash asked for; its bytes are not verified yet. */
  readonly snapshot?: SnapshotRecord
  /**
   * The first events after the snapshot (from 1 without one), contiguous. Short of `head.version` when there are more than a
   * storage sends at once: `readOn` reads the rest, page by page.
   */
  readonly tail: readonly EntityEvent[]
  /**
   * No claim of this entity is stored, for certain: there is nothing to align. Absent when there are claims, and when a storage
   * would have to look for them.
   */
  readonly holdsNoClaims?: true
}

/** As many of an entity's events as a storage sends at once, contiguous from the sequence asked for; never none. */
export interface EventPage {
  /** The sequence of the last of them. Known before they are decoded, so that the next page can be on its way by then. */
  readonly last: number
  /**
   * Decodes them, in order, part by part: what has been folded is garbage before the next part is there. Throws StorageError
   * `corrupt_stream`.
   */
  decode(): AsyncIterable<readonly EntityEvent[]>
}

/** Where a page begins, and where it ends at the latest; both inclusive, neither beyond the head. */
export interface PageRange {
  readonly fromSequence: number
  readonly toSequence: number
}

/** Bounds of a read of one entity's events; both inclusive. */
export interface ReadRange {
  /** @defaultValue 1 */
  readonly fromSequence?: number
  /** @defaultValue the head */
  readonly toSequence?: number
  /** At most this many. @defaultValue no limit */
  readonly limit?: number
}

/** Which entities to list, in the order of the UTF-8 bytes of their ids. */
export interface EntityFilter {
  readonly tenant: string
  readonly type: string
  readonly status?: string
  /** Deleted entities are left out unless asked for. */
  readonly includeDeleted?: boolean
  /** Only ids after this one, in the order of UTF-8 bytes; it need not be there. */
  readonly afterId?: string
  readonly limit: number
}

/** Which living entities of a type to list, whichever tenant's, in the order of the UTF-8 bytes of tenant, then id. */
export interface TenantsFilter {
  readonly type: string
  /** Only those in one of these. @defaultValue any status */
  readonly statuses?: readonly string[]
  /** Only those after this one, in that order; it need not be there. */
  readonly after?: { readonly tenant: string; readonly id: string }
  readonly limit: number
}

/** What a storage holds, exactly counted. */
export interface StorageStats {
  readonly entities: number
  readonly events: number
  readonly snapshots: number
  readonly blobs: number
  /** Blobs that a sweep has marked and nobody has revived. */
  readonly orphanedBlobs: number
  readonly refs: number
  /** Bytes of every referenced value, once a reference. */
  readonly referencedBytes: number
  /** Bytes of every blob that something refers to, before compression, once a blob. */
  readonly referencedBlobBytes: number
  /** Bytes of every blob before compression, once a blob. */
  readonly blobBytes: number
  /** Bytes that the blobs take at rest. */
  readonly storedBytes: number
  /** The newest global position; 0 when there is no event. */
  readonly lastPosition: bigint
}

/**
 * Holds entities. Every method rejects with `StorageError` and nothing else; after `close` with `storage_closed`.
 */
export interface Storage {
  readonly capabilities: StorageCapabilities

  /**
   * Commits units of different entities in one transaction; the result at index i is that of unit i. A conflict or a
   * refused unit leaves its neighbours alone. Positions are dense: no gaps, in commit order. The caller never has two
   * units of one entity in one call.
   *
   * Refused with `unit_refused`: no events, sequences that do not run on from the expected version, an event over the
   * size limit, an idempotency key that another event of the entity has, a claim on content that is neither stored nor
   * among the unit's blobs, and whatever would follow a tombstone.
   */
  commit(units: readonly CommitUnit[]): Promise<readonly CommitResult[]>

  /**
   * Reads an entity for activation: head, snapshot and the beginning of the tail, all of one moment. Undefined when it was never
   * created. Deleted ones are returned, with `deletedAt`.
   */
  load(entity: EntityKey, options: { readonly specHash: string }): Promise<LoadedEntity | undefined>

  /**
   * Reads on where the tail of `load` or the last page ended: a bounded part of what is left, however long that is.
   * @returns undefined when these events are gone: the entity has been erased
   */
  readPage(entity: EntityKey, range: PageRange): Promise<EventPage | undefined>

  /** Events of one entity in order; empty for an unknown entity or an empty range. */
  readEvents(entity: EntityKey, range?: ReadRange): Promise<readonly EntityEvent[]>

  /** The event that was committed under this key, if any. */
  findByIdempotencyKey(entity: EntityKey, idempotencyKey: string): Promise<EntityEvent | undefined>

  /** Heads of the given entities, in the order asked; undefined where there is none. */
  readHeads(entities: readonly EntityKey[]): Promise<readonly (EntityHead | undefined)[]>

  /** One page of entities, ordered by id. */
  listEntities(filter: EntityFilter): Promise<readonly EntityHead[]>

  /**
   * One page of the living entities of a type, of all tenants. For whoever looks after the storage or changes a spec, never
   * for what acts in the name of a tenant.
   */
  listAcrossTenants(filter: TenantsFilter): Promise<readonly EntityHead[]>

  /**
   * One page of the log, all of it as of one moment. Reading on after `seenUpTo` sees every event that fits exactly once,
   * whatever is being committed meanwhile: no event ever appears at or before a position that was the head of some page.
   */
  readLog(range: LogRange): Promise<LogPage>

  /** Starts to watch for news of the log. Whatever is committed from now on wakes the watch, or is on a page read from now on. */
  watchLog(): Promise<LogWatch>

  /**
   * Takes the work of a named consumer, which comes into being with it: unless it is blocked, to wait, or held by another
   * owner whose time is not over. Of several who claim at once one gets it. Under a new epoch, so that whoever had it before
   * can change nothing any more.
   */
  claimConsumer(claim: ConsumerClaim): Promise<ConsumerClaimResult>

  /**
   * Moves a checkpoint, never back, and keeps the work for another lease. With `write`, that is carried out first, in the same
   * transaction: what it writes through the transaction (of a kind that the storage names) and the checkpoint are stored
   * together or not at all. Rejects with what `write` rejects with.
   * @returns false when the work is no longer the caller's; then nothing is stored
   */
  advanceConsumer(advance: ConsumerAdvance, write?: (transaction: unknown) => Promise<void>): Promise<boolean>

  /** Notes a failure and gives the work back. @returns false when the work is no longer the caller's; then nothing is stored */
  failConsumer(failure: ConsumerFailure): Promise<boolean>

  /** Gives the work back, if it is still the caller's. */
  releaseConsumer(name: string, epoch: number): Promise<void>

  /** Every named consumer, by name in order of UTF-8 bytes. */
  listConsumers(): Promise<readonly ConsumerState[]>

  /**
   * Lets a consumer go on that is blocked or waits, from its checkpoint or from another one; takes the work from whoever has it.
   * @returns false when there is no such consumer
   */
  resetConsumer(name: string, reset: ConsumerReset): Promise<boolean>

  /** Gives a host a new lease. An older one of a host of this name ends with it. */
  acquireLease(host: Pick<HostLease, 'host' | 'leaseMs'>): Promise<HostLease>

  /**
   * Renews a lease, in one round trip with the news of all others: its beat moves on by one.
   * @returns every lease there is, in order; the caller's is gone when it is not among them, and does not come back
   */
  renewLease(lease: number): Promise<readonly HostLease[]>

  /**
   * Ends a lease: one's own, or that of a host that seems to be dead, by naming the `beat` at which it stands still.
   * @returns false when there is none, or it has moved on; then nothing is changed
   */
  releaseLease(lease: number, beat?: number): Promise<boolean>

  /** The content under this hash, verified (`corrupt_blob` if it is not what it claims), or undefined. Tenant-scoped. */
  readBlob(tenant: string, hash: string): Promise<Uint8Array | undefined>

  /** Of these claims, the ones whose blob or whose reference is not stored. */
  findMissingClaims(entity: EntityKey, claims: readonly RefClaim[]): Promise<readonly RefClaim[]>

  /**
   * Puts back blobs and the references to them, idempotently: what is there already stays as it is. A claim is only
   * restored while the entity is at `version`; otherwise nothing is written, for its state has moved on. A claim whose
   * content is neither stored nor given is left out.
   * @returns whether it was carried out
   */
  restoreClaims(
    entity: EntityKey,
    version: number,
    claims: readonly RefClaim[],
    blobs: readonly BlobWrite[],
  ): Promise<boolean>

  /**
   * Makes the stored claims of an entity those of its state, after a change of ceilings or lifetimes: a stored claim that is
   * not among these is released, one that has another expiry gets the one given here. None is added. Only while the entity is
   * at `version`; otherwise nothing is changed, for its state has moved on.
   * @returns how many stored claims were released or changed
   */
  alignClaims(entity: EntityKey, version: number, claims: readonly RefClaim[]): Promise<number>

  /**
   * Stores a snapshot if it is newer than the stored one, or of another spec at the same sequence, and not ahead of the
   * entity's head.
   */
  saveSnapshot(entity: EntityKey, snapshot: SnapshotRecord): Promise<void>

  /**
   * Expires references, marks blobs that nothing refers to, deletes those marked for the grace period or longer. Sending
   * or claiming a marked blob takes the mark away. Once the signal fires it ends early, with what it did so far. While
   * another sweep or prune of the same data is under way, here or elsewhere, it does nothing and answers `skipped`.
   *
   * Rejects with `storage_misconfigured` for options that make no sense.
   */
  sweep(options: SweepOptions): Promise<SweepResult>

  /**
   * Sweeps, and lets further references go: those last made too long ago, then, least recently made first, as many as it
   * takes to get below the byte cap. Each reference is judged by itself: content shared by many loses the ones that are
   * due, and is freed with the last. A claim makes a reference, and so does claiming again; reading and restoring do not.
   *
   * A permanent reference of an entity that lives never goes; a cap that cannot be met for that is reported, not forced.
   * Blobs that wait for the end of their grace period do not count against the cap.
   */
  prune(options: PruneOptions): Promise<PruneResult>

  stats(): Promise<StorageStats>

  /**
   * Removes for good what is stored of an entity: events, snapshot, references, and the content that nobody else refers to,
   * of its past as well. What stays is its head, deleted and at the next version, so that its id is never given out again and
   * a host that still has it conflicts; a record with counts; and at the end of the log one event, `Erased`, at that version:
   * `load` and `readEvents` give it alone. The positions of the others stay taken and are passed over by `readLog`.
   *
   * Erasing again answers as the first time. Undefined when there never was such an entity.
   */
  erase(entity: EntityKey, options: EraseOptions): Promise<Erasure | undefined>

  /**
   * Looks everything through: heads against last events, events for gaps and damage, positions for density, snapshots,
   * references and contents. What it finds is in the report and never thrown. It may run beside hosts: what is on its way
   * at the moment is no finding. Memory is bounded by a batch, however much is stored.
   */
  verify(options?: VerifyOptions): Promise<VerifyReport>

  /** Closes; idempotent. */
  close(): Promise<void>
}
