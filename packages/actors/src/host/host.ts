// The host: the public face of a process that runs entities. Finds or makes the actor of an entity, hands it commands,
// and ends everything in good order. It decides nothing about entities and writes nothing itself.
import { defaultTenant } from '@perdure/core'
import type {
  Consumer,
  EntityHead,
  EntitySpec,
  LogEntry,
  PruneOptions,
  PruneResult,
  Storage,
  StorageStats,
  SweepOptions,
  SweepResult,
} from '@perdure/core'
import { EntityExists, HostStopped } from '../errors/host-errors.ts'
import type { ActivationCounts } from '../entity/activation-counts.ts'
import { checkEntityKey } from '../entity/make-command.ts'
import type { EntityAccess } from './entity-access.ts'
import { EntityRef } from './entity-ref.ts'
import { eraseEntity } from './erase-entity.ts'
import type { EntityTypeMap, UntypedEntities } from './entity-types.ts'
import { healthOf } from './host-health.ts'
import type { HostHealth } from './host-health.ts'
import type { EntitiesFilter, HostOptions, SpawnOptions, StopOptions } from './host-options.ts'
import type { Inspector } from '../observe/inspection.ts'
import { makeHostParts } from './host-parts.ts'
import type { HostConsumeOptions, HostSubscribeOptions } from './log-readers.ts'
import type { HostParts } from './host-parts.ts'
import { swapSpec } from './swap-spec.ts'
import type { SwapOptions, SwapResult } from './swap-spec.ts'

/** Runs entities. Made by `createHost`; ended by `stop`, or by `await using`. */
export class Host<Entities extends EntityTypeMap<Entities> = UntypedEntities> implements AsyncDisposable {
  readonly #parts: HostParts
  readonly #storage: Storage
  readonly #tenant: string
  readonly #keepsStorageOpen: boolean
  readonly #access: EntityAccess
  #stopped: Promise<void> | undefined
  /** The last change of a spec; the next waits for it. */
  #swapped: Promise<unknown> = Promise.resolve()

  /** @internal */
  constructor(options: HostOptions) {
    this.#parts = makeHostParts(options)
    this.#storage = options.storage
    this.#tenant = options.tenant ?? defaultTenant
    this.#keepsStorageOpen = options.keepStorageOpen === true
    this.#access = accessOf(this.#parts)
    this.#parts.retention?.start()
  }

  /** Takes its place among the hosts on its storage, if it has a router. @internal */
  async join(): Promise<void> {
    const { ownership, intake } = this.#parts
    await ownership?.start((entity, asked, options) => intake.tryAskHere(entity, asked, options))
  }

  /** The time of this host, epoch milliseconds. */
  get now(): number {
    return this.#parts.deps.clock.now()
  }

  /** Entities in memory. */
  get residents(): number {
    return this.#parts.registry.size
  }

  /** What activations met since this host was created: snapshots that were not usable, claims that had to be aligned. */
  get activationCounts(): ActivationCounts {
    return this.#parts.deps.activations.read()
  }

  /**
   * Creates an entity and waits until its `Created` event has committed.
   * @throws EntityExists, ActionRejected, InvalidArgument, Unavailable, HostStopped
   */
  async spawn<Type extends keyof Entities & string>(
    type: Type,
    options: SpawnOptions<Entities[Type]> = {},
  ): Promise<EntityRef<Entities[Type]>> {
    const {
      id = this.#parts.deps.ids.next(),
      tenant = this.#tenant,
      fields,
      ifAbsent = false,
      ...meta
    } = options
    const ref = new EntityRef<Entities[Type]>({ tenant, type, id }, this.#access)
    const result = await this.#parts.intake.tryAsk(ref.key, { kind: 'create', fields }, meta)
    if (result.ok) return ref
    const isThere = result.error instanceof EntityExists && !result.error.isDeleted
    if (ifAbsent && isThere) return ref
    throw result.error
  }

  /** A reference to an entity, whether or not it exists; nothing is read yet. @throws InvalidArgument */
  entity<Type extends keyof Entities & string>(
    type: Type,
    id: string,
    options: { readonly tenant?: string } = {},
  ): EntityRef<Entities[Type]> {
    const key = { tenant: options.tenant ?? this.#tenant, type, id }
    this.#parts.registry.model(type)
    checkEntityKey(key, this.#parts.limits)
    return new EntityRef(key, this.#access)
  }

  /** The entities of a type, in order of id, read page by page. @throws InvalidArgument */
  entities<Type extends keyof Entities & string>(
    type: Type,
    filter: EntitiesFilter<Entities[Type]> = {},
  ): AsyncIterable<EntityHead> {
    this.#parts.registry.model(type)
    return this.#parts.views.entities({ ...filter, tenant: filter.tenant ?? this.#tenant, type })
  }

  /** Tells a listener what happens here from now on; values of sensitive fields are masked. @returns ends it */
  inspect(inspector: Inspector): () => void {
    return this.#parts.inspectors.add(inspector)
  }

  /** Lets go of an entity that has nothing to do; it comes back from storage on next use. @returns whether it was let go */
  passivate(type: keyof Entities & string, id: string, options: { readonly tenant?: string } = {}): boolean {
    const { key } = this.entity(type, id, options)
    if (this.#parts.registry.find(key)?.process.isIdle !== true) return false
    this.#parts.registry.remove(key)
    return true
  }

  /**
   * Every event of every entity, of all tenants unless one is named, in order of position, each once; then waits for more. Ends
   * when the host stops. For readers that remember where they were, see `consume`.
   * @throws InvalidArgument for a type that this host does not know, HostStopped; StorageError while iterating
   */
  subscribe(options: HostSubscribeOptions = {}): AsyncIterable<LogEntry> {
    return this.#parts.logReaders.subscribe(options)
  }

  /**
   * Starts a named consumer: hands it the events of the log, batch by batch, from its checkpoint on, in one process at a time.
   * With `handler` each event comes at least once; with `project` (see `projection` of @perdure/storage-pg) its effect in the same
   * database is there exactly once. Works until it is stopped, or the host is.
   * @throws InvalidArgument for a type that this host does not know, HostStopped; PerdureError `invalid_option`
   */
  consume(options: HostConsumeOptions): Consumer {
    return this.#parts.logReaders.consume(options)
  }

  /**
   * Gives an entity type another spec while everything goes on. Each entity goes over between two of its commands: what is
   * decided already settles as it was decided, what waits is decided under the new spec, and the state is read anew, with older
   * events as the spec's `[[upcast]]`s name them. Actors and references stay.
   *
   * Refused, with everything as it was, when living entities of any tenant would lose something: a status they are in, a
   * variable, a field, a type. Other hosts on this storage keep their spec; should its `version` be lower, they refuse entities
   * that have events of the newer one with `SpecOutdated`.
   * @throws SpecSwapRefused, SpecNotSupported, InvalidArgument, HostStopped, StorageError
   */
  swapSpec(spec: EntitySpec, options: SwapOptions = {}): Promise<SwapResult> {
    const swapped = this.#swapped.then(() => {
      this.#parts.life.refuseWhenStopping('host.swapSpec')
      return swapSpec(this.#parts, spec, options)
    })
    this.#swapped = swapped.catch(() => {})
    return swapped
  }

  /** Expires references whose time is over and deletes the blobs that nothing refers to, at once. @throws HostStopped, StorageError */
  sweep(options: Omit<SweepOptions, 'now'> = {}): Promise<SweepResult> {
    return this.#parts.life.guard('host.sweep', () => this.#storage.sweep({ now: this.now, ...options }))
  }

  /** Sweeps, and lets references go by age and by a byte cap, at once. @throws HostStopped, StorageError */
  prune(options: Omit<PruneOptions, 'now'>): Promise<PruneResult> {
    return this.#parts.life.guard('host.prune', () => this.#storage.prune({ now: this.now, ...options }))
  }

  /** What the storage holds. @throws HostStopped, StorageError */
  stats(): Promise<StorageStats> {
    return this.#parts.life.guard('host.stats', () => this.#storage.stats())
  }

  /** How the host is: plain data, made without asking the storage. */
  health(): HostHealth {
    return healthOf(this.#parts)
  }

  /**
   * Lets an entity go on that is in quarantine, once the cause is mended. @returns whether it was in quarantine
   */
  release(type: keyof Entities & string, id: string, options: { readonly tenant?: string } = {}): boolean {
    return this.#parts.cycle.quarantine.release(this.entity(type, id, options).key)
  }

  /**
   * Waits until everything asked so far is settled, and everything to be written behind it has been tried; what comes
   * later is not waited for. @throws the error, if the host has given up writing; AcknowledgedCommandLost, should a command
   * get lost meanwhile that was acknowledged before it was stored
   */
  async flush(): Promise<void> {
    const { admission, forwarding, cycle, troubles, deps } = this.#parts
    const lostBefore = cycle.counters.acknowledgedLost
    await forwarding.whenPast()
    await admission.whenPast()
    if (cycle.failure !== undefined) throw cycle.failure
    await deps.behind.flush()
    if (cycle.counters.acknowledgedLost > lostBefore) throw troubles.failures.at(-1)
  }

  /**
   * Stops: takes no more commands, stores those it accepted, closes the storage. What cannot be stored before the deadline
   * is rejected with `HostStopped`. Idempotent. @throws AggregateError of what failed while stopping, and of what failed
   * before where nobody was waiting for an answer: see `health`
   */
  stop(options: StopOptions = {}): Promise<void> {
    this.#stopped ??= this.#stop(options)
    return this.#stopped
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #stop({ deadlineMs = 10_000, onDeadline }: StopOptions): Promise<void> {
    const { life, cycle, deps, registry, troubles, ownership } = this.#parts
    life.end()
    if (!(await this.#drain(deadlineMs))) {
      onDeadline?.()
      ownership?.abandon(new HostStopped('host.stop'))
      cycle.abandon(new HostStopped('host.stop'))
    }
    // With the deadline behind it, a storage that does not answer is not waited for: others find out that this host is gone.
    void ownership?.handOver()
    registry.stop()
    const errors: unknown[] = deps.behind.close().map(({ error }) => error)
    if (!this.#keepsStorageOpen) await this.#storage.close().catch((error: unknown) => errors.push(error))
    await ownership?.close().catch((error: unknown) => errors.push(error))
    life.ended()
    errors.unshift(...troubles.failures)
    if (errors.length > 0) throw new AggregateError(errors, 'the host could not stop cleanly')
  }

  /**
   * Waits until every accepted command is settled and what is due behind is written, and every consumer and a sweep have put
   * their work down. A handler that does not heed its signal is not waited for beyond the deadline.
   * @returns whether the commands are settled
   */
  async #drain(deadlineMs: number): Promise<boolean> {
    const { admission, forwarding, deps, logReaders, retention, ownership } = this.#parts
    let handle: unknown
    const deadline = new Promise<void>((resolve) => {
      handle = deps.clock.setTimeout(resolve, deadlineMs)
    })
    let isDrained = false
    const drain = async (): Promise<void> => {
      await forwarding.whenPast()
      await admission.whenPast()
      isDrained = true
      await deps.behind.flush()
      await ownership?.handOver()
    }
    await Promise.race([Promise.all([drain(), logReaders.stop(), retention?.stop()]), deadline])
    deps.clock.clearTimeout(handle)
    return isDrained
  }
}

function accessOf(parts: HostParts): EntityAccess {
  const { intake, views, listeners } = parts
  return {
    actor: (entity) => views.actor(entity),
    tryAsk: (entity, asked, options) => intake.tryAsk(entity, asked, options),
    tell: (entity, asked, options) => void intake.tell(entity, asked, options),
    state: (entity, options) => views.state(entity, options),
    readField: (entity, field) => views.readField(entity, field),
    subscribe: (entity, listener) => listeners.add(entity, listener),
    erase: (entity, options) => eraseEntity(parts, entity, options),
    history: (entity, options) => views.history(entity, options),
  }
}
