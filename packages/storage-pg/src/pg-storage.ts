// The storage port on an open database. Each method hands on to the folder that does it; what is done here is the same for
// all: refuse after close, translate errors.
import { StorageError, sweepResultOf } from '@perdure/core'
import type {
  BlobWrite,
  CommitResult,
  CommitUnit,
  ConsumerAdvance,
  ConsumerClaim,
  ConsumerClaimResult,
  ConsumerFailure,
  ConsumerReset,
  ConsumerState,
  EntityEvent,
  EntityFilter,
  EntityHead,
  EventPage,
  EntityKey,
  EraseOptions,
  Erasure,
  HostLease,
  LoadedEntity,
  LogPage,
  LogRange,
  LogWatch,
  PageRange,
  PruneOptions,
  PruneResult,
  ReadRange,
  RefClaim,
  SnapshotRecord,
  Storage,
  StorageCapabilities,
  StorageStats,
  SweepOptions,
  SweepResult,
  TenantsFilter,
  VerifyOptions,
  VerifyReport,
} from '@perdure/core'
import { alignClaims } from './blobs/align-claims.ts'
import { findMissingClaims, restoreClaims } from './blobs/claims.ts'
import { readBlob } from './blobs/read-blob.ts'
import { commit } from './commit/commit.ts'
import { writeSnapshots } from './commit/write-snapshots.ts'
import type { Engine } from './connect/engine.ts'
import { translateError } from './connect/sqlstate.ts'
import { listAcrossTenants, listEntities, readHeads } from './load/heads.ts'
import { eraseEntity } from './erase/erase-entity.ts'
import { acquireLease, releaseLease, renewLease } from './hosts/leases.ts'
import { findByIdempotencyKey, loadEntity, readEvents } from './load/load-entity.ts'
import { readPage } from './load/read-page.ts'
import { readStats } from './retention/stats.ts'
import { prune } from './retention/prune.ts'
import type { StorageContext } from './storage-context.ts'
import {
  advanceConsumer,
  claimConsumer,
  failConsumer,
  listConsumers,
  releaseConsumer,
  resetConsumer,
} from './subscribe/consumers.ts'
import type { LogListener } from './subscribe/log-listener.ts'
import { readLog } from './subscribe/read-log.ts'
import { verify } from './verify/verify.ts'

/** Owns the engine: closing the storage closes the database connection. */
export class PgStorage implements Storage {
  readonly capabilities: StorageCapabilities
  readonly #engine: Engine
  readonly #context: StorageContext
  readonly #listener: LogListener
  /** Operations under way; closing waits for them. */
  readonly #running = new Set<Promise<unknown>>()
  #closing: Promise<void> | undefined

  constructor(options: {
    readonly engine: Engine
    readonly context: StorageContext
    readonly listener: LogListener
  }) {
    this.#engine = options.engine
    this.#context = options.context
    this.#listener = options.listener
    const { maxEventBytes } = options.context.limits
    this.capabilities = { ...options.engine.capabilities, maxEventBytes }
  }

  commit(units: readonly CommitUnit[]): Promise<readonly CommitResult[]> {
    return this.#run('committing', (context) => commit(context, units))
  }

  load(entity: EntityKey, { specHash }: { readonly specHash: string }): Promise<LoadedEntity | undefined> {
    return this.#run('loading an entity', (context) => loadEntity(context, entity, specHash))
  }

  readPage(entity: EntityKey, range: PageRange): Promise<EventPage | undefined> {
    return this.#run('reading a page of events', (context) => readPage(context, entity, range))
  }

  readEvents(entity: EntityKey, range: ReadRange = {}): Promise<readonly EntityEvent[]> {
    return this.#run('reading events', (context) => readEvents(context, entity, range))
  }

  findByIdempotencyKey(entity: EntityKey, idempotencyKey: string): Promise<EntityEvent | undefined> {
    return this.#run('looking up an idempotency key', (context) =>
      findByIdempotencyKey(context, entity, idempotencyKey),
    )
  }

  readHeads(entities: readonly EntityKey[]): Promise<readonly (EntityHead | undefined)[]> {
    return this.#run('reading heads', (context) => readHeads(context, entities))
  }

  listEntities(filter: EntityFilter): Promise<readonly EntityHead[]> {
    return this.#run('listing entities', (context) => listEntities(context, filter))
  }

  listAcrossTenants(filter: TenantsFilter): Promise<readonly EntityHead[]> {
    return this.#run('listing entities', (context) => listAcrossTenants(context, filter))
  }

  readLog(range: LogRange): Promise<LogPage> {
    return this.#run('reading the log', (context) => readLog(context, range))
  }

  watchLog(): Promise<LogWatch> {
    return this.#run('watching the log', async ({ news }) => news.watch())
  }

  claimConsumer(claim: ConsumerClaim): Promise<ConsumerClaimResult> {
    return this.#run('claiming a consumer', (context) => claimConsumer(context, claim))
  }

  async advanceConsumer(
    advance: ConsumerAdvance,
    write?: (transaction: unknown) => Promise<void>,
  ): Promise<boolean> {
    // What the handler throws is its own, and is handed back as it is.
    let thrown: { readonly error: unknown } | undefined
    const watched =
      write &&
      (async (transaction: unknown): Promise<void> => {
        await write(transaction).catch((error: unknown) => {
          thrown = { error }
          throw error
        })
      })
    try {
      return await this.#run('moving a checkpoint', (context) => advanceConsumer(context, advance, watched))
    } catch (error) {
      throw thrown === undefined ? error : thrown.error
    }
  }

  failConsumer(failure: ConsumerFailure): Promise<boolean> {
    return this.#run('noting a failure', (context) => failConsumer(context, failure))
  }

  releaseConsumer(name: string, epoch: number): Promise<void> {
    return this.#run('releasing a consumer', (context) => releaseConsumer(context, name, epoch))
  }

  listConsumers(): Promise<readonly ConsumerState[]> {
    return this.#run('listing consumers', listConsumers)
  }

  resetConsumer(name: string, reset: ConsumerReset): Promise<boolean> {
    return this.#run('resetting a consumer', (context) => resetConsumer(context, name, reset))
  }

  acquireLease(host: Pick<HostLease, 'host' | 'leaseMs'>): Promise<HostLease> {
    return this.#run('acquiring a lease', (context) => acquireLease(context, host))
  }

  renewLease(lease: number): Promise<readonly HostLease[]> {
    return this.#run('renewing a lease', (context) => renewLease(context, lease))
  }

  releaseLease(lease: number, beat?: number): Promise<boolean> {
    return this.#run('releasing a lease', (context) => releaseLease(context, lease, beat))
  }

  readBlob(tenant: string, hash: string): Promise<Uint8Array | undefined> {
    return this.#run('reading a blob', (context) => readBlob(context, tenant, hash))
  }

  findMissingClaims(entity: EntityKey, claims: readonly RefClaim[]): Promise<readonly RefClaim[]> {
    return this.#run('checking claims', (context) => findMissingClaims(context, entity, claims))
  }

  restoreClaims(
    entity: EntityKey,
    version: number,
    claims: readonly RefClaim[],
    blobs: readonly BlobWrite[],
  ): Promise<boolean> {
    return this.#run('restoring claims', (context) => restoreClaims(context, entity, version, claims, blobs))
  }

  alignClaims(entity: EntityKey, version: number, claims: readonly RefClaim[]): Promise<number> {
    return this.#run('aligning claims', (context) => alignClaims(context, entity, version, claims))
  }

  saveSnapshot(entity: EntityKey, snapshot: SnapshotRecord): Promise<void> {
    return this.#run('saving a snapshot', async ({ database, statements, probe }) => {
      await probe('storage.snapshot.begin', { id: entity.id })
      await writeSnapshots(database, statements.snapshots, [{ entity, snapshot }])
      await probe('storage.snapshot.end', { id: entity.id })
    })
  }

  sweep(options: SweepOptions): Promise<SweepResult> {
    return this.#run('sweeping', async (context) => sweepResultOf(await prune(context, options, {})))
  }

  prune(options: PruneOptions): Promise<PruneResult> {
    return this.#run('pruning', (context) => prune(context, options, options))
  }

  stats(): Promise<StorageStats> {
    return this.#run('reading statistics', readStats)
  }

  erase(entity: EntityKey, options: EraseOptions): Promise<Erasure | undefined> {
    return this.#run('erasing an entity', (context) => eraseEntity(context, entity, options))
  }

  verify(options: VerifyOptions = {}): Promise<VerifyReport> {
    return this.#run('verifying', (context) => verify(context, options))
  }

  /** Waits for what is under way. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#context.news.close()
    await Promise.allSettled(this.#running)
    await this.#listener
      .close()
      .then(() => this.#engine.close())
      .catch((error: unknown) => {
        throw translateError(error, 'closing the storage')
      })
  }

  async #run<Result>(
    doing: string,
    operation: (context: StorageContext) => Promise<Result>,
  ): Promise<Result> {
    if (this.#closing !== undefined) throw new StorageError('storage_closed', 'the storage is closed')
    const running = operation(this.#context)
    this.#running.add(running)
    try {
      return await running
    } catch (error) {
      throw translateError(error, doing)
    } finally {
      this.#running.delete(running)
    }
  }
}
