// The storage port in process memory. Hosts that need no durability, tests and the simulation use it, and a storage
// author reads it. Every method does its work in one synchronous step, so each is atomic and they run in call order; only
// sweep and prune pause between their phases, to report.
// Nothing given to it is kept by reference and nothing it hands out leads back into it.
import type { EntityKey } from '../entity/entity-key.ts'
import type { EntityEvent } from '../entity/event.ts'
import type { BlobWrite } from '../fields/blob-ref.ts'
import type { SnapshotRecord } from '../snapshot/snapshot-record.ts'
import { defaultLimits } from '../json/limits.ts'
import type { StorageCapabilities } from '../storage/capabilities.ts'
import type { CommitResult } from '../storage/commit-result.ts'
import type { CommitUnit, RefClaim } from '../storage/commit-unit.ts'
import type {
  ConsumerAdvance,
  ConsumerClaim,
  ConsumerClaimResult,
  ConsumerFailure,
  ConsumerReset,
  ConsumerState,
} from '../storage/consumer.ts'
import { erasedEvent } from '../storage/erase.ts'
import type { EraseOptions, Erasure } from '../storage/erase.ts'
import type { HostLease } from '../storage/host-lease.ts'
import type { LogPage, LogRange, LogWatch } from '../storage/log.ts'
import { LogNews } from '../storage/log-news.ts'
import type {
  PruneOptions,
  PruneResult,
  RetentionLimits,
  SweepOptions,
  SweepResult,
} from '../storage/retention.ts'
import { checkRetentionOptions, skippedPrune, sweepResultOf } from '../storage/retention-run.ts'
import { StorageError } from '../storage/storage-error.ts'
import type { VerifyOptions, VerifyReport } from '../storage/verify.ts'
import type {
  EntityFilter,
  EntityHead,
  EventPage,
  LoadedEntity,
  PageRange,
  ReadRange,
  Storage,
  StorageStats,
  TenantsFilter,
} from '../storage/storage.ts'
import { entityAddress } from './address.ts'
import { BlobShelf } from './blob-shelf.ts'
import { Consumers } from './consumers.ts'
import { Leases } from './leases.ts'
import { judgeUnit } from './judge-unit.ts'
import { listHeads, listHeadsAcrossTenants } from './list-heads.ts'
import { Log } from './log.ts'
import { pruneShelf } from './prune-shelf.ts'
import { Stream } from './stream.ts'
import { verifyMemory } from './verify-memory.ts'

/** How a memory storage is opened. */
export interface MemoryStorageOptions {
  /** Largest event in UTF-8 bytes of its JSON; a larger one is refused. @defaultValue 16 MiB */
  readonly maxEventBytes?: number
  /** Most events that one `load`, or one page, brings. @defaultValue 256 */
  readonly pageEvents?: number
}

/** A storage in memory. */
export interface MemoryStorage extends Storage {
  /** Damage done behind the storage's back, for tests of what happens then. @internal */
  readonly tamper: {
    deleteBlob(tenant: string, hash: string): void
    corruptBlob(tenant: string, hash: string): void
    /** Takes an event away, or makes it unreadable. */
    damageEvent(entity: EntityKey, sequence: number, how: 'lose' | 'garble'): void
    /** Puts it back. */
    mendEvent(entity: EntityKey, sequence: number): void
  }
}

/** Opens an empty storage that lives as long as the object does. */
export function openMemoryStorage(options: MemoryStorageOptions = {}): MemoryStorage {
  return new InMemory(options)
}

class InMemory implements MemoryStorage {
  readonly capabilities: StorageCapabilities
  readonly #maxEventBytes: number
  readonly #pageEvents: number
  readonly #streams = new Map<string, Stream>()
  readonly #blobs = new BlobShelf()
  readonly #log = new Log()
  readonly #news = new LogNews()
  #isPruning = false
  readonly #consumers = new Consumers()
  readonly #leases = new Leases()
  #closed = false

  constructor({ maxEventBytes = defaultLimits.maxEventBytes, pageEvents = 256 }: MemoryStorageOptions) {
    this.capabilities = { durable: false, survivesPowerLoss: false, shared: false, maxEventBytes }
    this.#maxEventBytes = maxEventBytes
    this.#pageEvents = pageEvents
  }

  async commit(units: readonly CommitUnit[]): Promise<readonly CommitResult[]> {
    this.#assertOpen()
    const results = units.map((unit) => this.#commitUnit(unit))
    this.#news.tell(this.#log.head)
    return results
  }

  async load(
    entity: EntityKey,
    { specHash }: { readonly specHash: string },
  ): Promise<LoadedEntity | undefined> {
    const stream = this.#find(entity)
    if (stream === undefined) return undefined
    const snapshot = stream.snapshotFor(specHash)
    const tail = stream.read({ fromSequence: (snapshot?.sequence ?? 0) + 1, limit: this.#pageEvents })
    return {
      head: stream.head(),
      tail,
      ...(snapshot === undefined ? {} : { snapshot }),
      ...(this.#blobs.holdsAnyOf(entity) ? {} : { holdsNoClaims: true }),
    }
  }

  async readPage(entity: EntityKey, { fromSequence, toSequence }: PageRange): Promise<EventPage | undefined> {
    const stream = this.#find(entity)
    if (stream === undefined || stream.erasure !== undefined) return undefined
    const last = Math.min(toSequence, fromSequence + this.#pageEvents - 1)
    // What was read is what was stored at that moment, though nobody has decoded it yet.
    const decode = stream.take({ fromSequence, toSequence: last })
    return {
      last,
      decode: async function* () {
        yield decode()
      },
    }
  }

  async readEvents(entity: EntityKey, range?: ReadRange): Promise<readonly EntityEvent[]> {
    return this.#find(entity)?.read(range) ?? []
  }

  async findByIdempotencyKey(entity: EntityKey, idempotencyKey: string): Promise<EntityEvent | undefined> {
    const stream = this.#find(entity)
    const sequence = stream?.sequenceOfKey(idempotencyKey)
    return sequence === undefined ? undefined : stream?.read({ fromSequence: sequence, limit: 1 })[0]
  }

  async readHeads(entities: readonly EntityKey[]): Promise<readonly (EntityHead | undefined)[]> {
    this.#assertOpen()
    return entities.map((entity) => this.#find(entity)?.head())
  }

  async listEntities(filter: EntityFilter): Promise<readonly EntityHead[]> {
    this.#assertOpen()
    return listHeads(
      [...this.#streams.values()].map((stream) => stream.head()),
      filter,
    )
  }

  async listAcrossTenants(filter: TenantsFilter): Promise<readonly EntityHead[]> {
    this.#assertOpen()
    return listHeadsAcrossTenants(
      [...this.#streams.values()].map((stream) => stream.head()),
      filter,
    )
  }

  async readLog(range: LogRange): Promise<LogPage> {
    this.#assertOpen()
    return this.#log.read(range)
  }

  async watchLog(): Promise<LogWatch> {
    this.#assertOpen()
    return this.#news.watch()
  }

  async claimConsumer(claim: ConsumerClaim): Promise<ConsumerClaimResult> {
    this.#assertOpen()
    return this.#consumers.claim(claim, this.#log.head)
  }

  async advanceConsumer(
    advance: ConsumerAdvance,
    write?: (transaction: unknown) => Promise<void>,
  ): Promise<boolean> {
    this.#assertOpen()
    // What the memory of a process holds dies with the checkpoint: there is nothing that a transaction could add.
    await write?.(undefined)
    this.#assertOpen()
    return this.#consumers.advance(advance)
  }

  async failConsumer(failure: ConsumerFailure): Promise<boolean> {
    this.#assertOpen()
    return this.#consumers.fail(failure)
  }

  async releaseConsumer(name: string, epoch: number): Promise<void> {
    this.#assertOpen()
    this.#consumers.release(name, epoch)
  }

  async listConsumers(): Promise<readonly ConsumerState[]> {
    this.#assertOpen()
    return this.#consumers.list(this.#log.head)
  }

  async resetConsumer(name: string, reset: ConsumerReset): Promise<boolean> {
    this.#assertOpen()
    return this.#consumers.reset(name, reset)
  }

  async acquireLease(host: Pick<HostLease, 'host' | 'leaseMs'>): Promise<HostLease> {
    this.#assertOpen()
    return this.#leases.acquire(host)
  }

  async renewLease(lease: number): Promise<readonly HostLease[]> {
    this.#assertOpen()
    return this.#leases.renew(lease)
  }

  async releaseLease(lease: number, beat?: number): Promise<boolean> {
    this.#assertOpen()
    return this.#leases.release(lease, beat)
  }

  async readBlob(tenant: string, hash: string): Promise<Uint8Array | undefined> {
    this.#assertOpen()
    return this.#blobs.read(tenant, hash)
  }

  async findMissingClaims(entity: EntityKey, claims: readonly RefClaim[]): Promise<readonly RefClaim[]> {
    this.#assertOpen()
    return claims.filter((claim) => !this.#blobs.holds(entity, claim))
  }

  async restoreClaims(
    entity: EntityKey,
    version: number,
    claims: readonly RefClaim[],
    blobs: readonly BlobWrite[],
  ): Promise<boolean> {
    const head = this.#find(entity)?.head()
    if (head?.version !== version) return false
    for (const blob of blobs) this.#blobs.put(entity.tenant, blob)
    for (const claim of claims)
      if (!this.#blobs.holds(entity, claim)) this.#blobs.claim(entity, claim, head.updatedAt)
    return true
  }

  async alignClaims(entity: EntityKey, version: number, claims: readonly RefClaim[]): Promise<number> {
    return this.#find(entity)?.version === version ? this.#blobs.align(entity, claims) : 0
  }

  async saveSnapshot(entity: EntityKey, snapshot: SnapshotRecord): Promise<void> {
    this.#find(entity)?.keepSnapshot(snapshot)
  }

  async sweep(options: SweepOptions): Promise<SweepResult> {
    return sweepResultOf(await this.#prune(options, {}))
  }

  async prune(options: PruneOptions): Promise<PruneResult> {
    return this.#prune(options, options)
  }

  async stats(): Promise<StorageStats> {
    this.#assertOpen()
    const streams = [...this.#streams.values()]
    return {
      entities: streams.length,
      events: streams.reduce((total, stream) => total + stream.positions().length, 0),
      snapshots: streams.filter((stream) => stream.hasSnapshot).length,
      ...this.#blobs.count(),
      lastPosition: this.#log.head,
    }
  }

  async erase(
    entity: EntityKey,
    { at, by, leaveOrphans = false }: EraseOptions,
  ): Promise<Erasure | undefined> {
    const stream = this.#find(entity)
    if (stream === undefined || stream.erasure !== undefined) return stream?.erasure
    const { tenant, type, id, version } = stream.head()
    const positions = stream.positions()
    const former = leaveOrphans ? [] : stream.contents()
    const erasure: Erasure = {
      entity: { tenant, type, id },
      erasedAt: at,
      ...(by === undefined ? {} : { erasedBy: by }),
      events: positions.length,
      snapshots: stream.hasSnapshot ? 1 : 0,
      ...this.#blobs.erase(entity),
    }
    this.#log.erase(positions)
    const event = erasedEvent(entity, version + 1, at)
    const text = JSON.stringify(event)
    stream.erase(erasure, event, this.#log.append(entity, [text]), text)
    this.#blobs.deleteUnreferenced(tenant, former)
    this.#news.tell(this.#log.head)
    return erasure
  }

  async verify(options: VerifyOptions = {}): Promise<VerifyReport> {
    this.#assertOpen()
    return verifyMemory({ streams: this.#streams.values(), blobs: this.#blobs, log: this.#log }, options)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#news.close()
  }

  get tamper(): MemoryStorage['tamper'] {
    return {
      deleteBlob: (tenant, hash) => this.#blobs.lose(tenant, hash),
      corruptBlob: (tenant, hash) => this.#blobs.corrupt(tenant, hash),
      damageEvent: (entity, sequence, how) => this.#find(entity)?.damage(sequence, how),
      mendEvent: (entity, sequence) => this.#find(entity)?.mend(sequence),
    }
  }

  async #prune(options: SweepOptions, limits: RetentionLimits): Promise<PruneResult> {
    this.#assertOpen()
    checkRetentionOptions(options)
    const isLive = (entity: EntityKey): boolean => this.#streams.get(entityAddress(entity))?.deleted === false
    if (options.dryRun === true) return pruneShelf(this.#blobs.copy(), isLive, options, limits)
    if (this.#isPruning) return skippedPrune
    this.#isPruning = true
    try {
      return await pruneShelf(this.#blobs, isLive, options, limits)
    } finally {
      this.#isPruning = false
    }
  }

  #commitUnit(unit: CommitUnit): CommitResult {
    const judgement = judgeUnit(unit, {
      stream: this.#find(unit.entity),
      blobs: this.#blobs,
      maxEventBytes: this.#maxEventBytes,
    })
    return judgement.kind === 'answer' ? judgement.result : this.#store(unit, judgement.texts)
  }

  /** Writes a unit that was accepted; no step of it can fail. */
  #store(unit: CommitUnit, texts: readonly string[]): CommitResult {
    const firstPosition = this.#log.append(unit.entity, texts)
    const stream = this.#findOrCreate(unit.entity)
    stream.append(unit, texts, firstPosition)
    if (unit.snapshot !== undefined) stream.keepSnapshot(unit.snapshot)
    for (const blob of unit.blobs) this.#blobs.put(unit.entity.tenant, blob)
    // Releases first: a field that lets go of content and takes it again in one unit holds it in the end.
    for (const release of unit.releases) this.#blobs.release(unit.entity, release)
    const { updatedAt } = stream.head()
    for (const claim of unit.claims) this.#blobs.claim(unit.entity, claim, updatedAt)
    return { kind: 'committed', firstPosition }
  }

  #find(entity: EntityKey): Stream | undefined {
    this.#assertOpen()
    return this.#streams.get(entityAddress(entity))
  }

  #findOrCreate(entity: EntityKey): Stream {
    const stream = this.#find(entity) ?? new Stream(entity)
    this.#streams.set(entityAddress(entity), stream)
    return stream
  }

  #assertOpen(): void {
    if (this.#closed)
      throw new StorageError('storage_closed', 'The memory storage is closed; open another one.')
  }
}
