// The host: the public face of a process that runs entities. Finds or makes the actor of an entity, hands it commands,
// and ends everything in good order. It decides nothing about entities and writes nothing itself.
import { defaultLimits, defaultTenant, formatEntityKey } from '@perdure/core'
import type {
  Command,
  EntityHead,
  EntityKey,
  Limits,
  Storage,
  StorageStats,
  SweepResult,
} from '@perdure/core'
import { EntityExists, EntityNotFound, HostStopped } from '../errors/host-errors.ts'
import { asPerdureError } from '../errors/as-perdure-error.ts'
import type { CommandOutcome } from '../entity/command-request.ts'
import { entityDeps } from '../entity/entity-deps.ts'
import type { EntityDeps } from '../entity/entity-deps.ts'
import { wake } from '../entity/entity-logic.ts'
import type { EntityProcess } from '../entity/entity-process.ts'
import { hydrateState, readFieldValue } from '../entity/entity-reader.ts'
import { checkEntityKey, makeCommand } from '../entity/make-command.ts'
import type { Asked } from '../entity/make-command.ts'
import { defaultRetryPolicy } from '../persistence/backoff.ts'
import { WriteCycle } from '../persistence/write-cycle.ts'
import { Admission } from './admission.ts'
import type { AskOptions, TryAskResult } from './ask-options.ts'
import { checkHostOptions } from './check-options.ts'
import type { EntityAccess } from './entity-access.ts'
import { EntityRef } from './entity-ref.ts'
import type { EntityTypeMap, UntypedEntities } from './entity-types.ts'
import type { EntitiesFilter, HostOptions, SpawnOptions, StopOptions } from './host-options.ts'
import { Listeners } from './listeners.ts'
import { readEntities, readHistory } from './paging.ts'
import { Registry } from './registry.ts'
import type { StateOptions } from './state-options.ts'
import { viewState } from './state-view.ts'

const noOptions: AskOptions = {}

/** Commands on their way at once, when the options do not say. */
const defaultMaxCommandsInFlight = 10_000

/** Runs entities. Made by `createHost`; ended by `stop`, or by `await using`. */
export class Host<Entities extends EntityTypeMap<Entities> = UntypedEntities> implements AsyncDisposable {
  readonly #storage: Storage
  readonly #deps: EntityDeps
  readonly #cycle: WriteCycle
  readonly #registry: Registry
  readonly #listeners: Listeners
  readonly #admission: Admission
  readonly #tenant: string
  readonly #limits: Limits
  readonly #keepsStorageOpen: boolean
  readonly #access: EntityAccess
  #isStopping = false
  #stopped: Promise<void> | undefined

  /** @internal */
  constructor(options: HostOptions) {
    checkHostOptions(options)
    const { storage, specs, clock, ids, logger, probe, random } = options
    const retry = { ...defaultRetryPolicy, ...options.retry }
    const given = {
      storage,
      retry,
      ...(clock && { clock }),
      ...(ids && { ids }),
      ...(logger && { logger }),
      ...(probe && { probe }),
      ...(random && { random }),
    }
    const { maxBatchEvents, onError } = options
    this.#cycle = new WriteCycle({
      ...given,
      ...(maxBatchEvents && { maxBatchEvents }),
      ...(onError && { onError }),
    })
    const deps = entityDeps({ ...given, cycle: this.#cycle })
    this.#listeners = new Listeners(deps.logger)
    this.#deps = { ...deps, onCommitted: (entity, state) => this.#listeners.tell(entity, state) }
    const { inlineMaxBytes } = options
    const modelOptions = {
      limits: { ...options.limits },
      ...(inlineMaxBytes === undefined ? {} : { inlineMaxBytes }),
    }
    this.#registry = new Registry(specs, modelOptions, this.#deps)
    this.#storage = storage
    this.#admission = new Admission(options.maxCommandsInFlight ?? defaultMaxCommandsInFlight)
    this.#tenant = options.tenant ?? defaultTenant
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#keepsStorageOpen = options.keepStorageOpen === true
    this.#access = this.#makeAccess()
  }

  /** The time of this host, epoch milliseconds. */
  get now(): number {
    return this.#deps.clock.now()
  }

  /** Entities in memory. */
  get residents(): number {
    return this.#registry.size
  }

  /**
   * Creates an entity and waits until its `Created` event has committed.
   * @throws EntityExists, ActionRejected, InvalidArgument, Unavailable, HostStopped
   */
  async spawn<Type extends keyof Entities & string>(
    type: Type,
    options: SpawnOptions<Entities[Type]> = {},
  ): Promise<EntityRef<Entities[Type]>> {
    const { id = this.#deps.ids.next(), tenant = this.#tenant, fields, ifAbsent = false, ...meta } = options
    const ref = new EntityRef<Entities[Type]>({ tenant, type, id }, this.#access)
    const result = await this.#tryAsk(ref.key, { kind: 'create', fields }, meta)
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
    this.#registry.model(type)
    checkEntityKey(key, this.#limits)
    return new EntityRef(key, this.#access)
  }

  /** The entities of a type, in order of id, read page by page. @throws InvalidArgument */
  entities<Type extends keyof Entities & string>(
    type: Type,
    filter: EntitiesFilter<Entities[Type]> = {},
  ): AsyncIterable<EntityHead> {
    this.#registry.model(type)
    return readEntities(this.#storage, { ...filter, tenant: filter.tenant ?? this.#tenant, type })
  }

  /** Lets go of an entity that has nothing to do; it comes back from storage on next use. @returns whether it was let go */
  passivate(type: keyof Entities & string, id: string, options: { readonly tenant?: string } = {}): boolean {
    const { key } = this.entity(type, id, options)
    if (this.#registry.find(key)?.process.isIdle !== true) return false
    this.#registry.remove(key)
    return true
  }

  /** Expires references whose time is over and deletes the blobs that nothing refers to. */
  sweep(options: { readonly graceMs?: number; readonly signal?: AbortSignal } = {}): Promise<SweepResult> {
    return this.#storage.sweep({ now: this.now, ...options })
  }

  /** What the storage holds. */
  stats(): Promise<StorageStats> {
    return this.#storage.stats()
  }

  /** Waits until everything accepted so far is settled. @throws the error, if the host has given up writing */
  async flush(): Promise<void> {
    await this.#admission.whenEmpty()
    if (this.#cycle.failure !== undefined) throw this.#cycle.failure
  }

  /**
   * Stops: takes no more commands, stores those it accepted, closes the storage. What cannot be stored before the deadline
   * is rejected with `HostStopped`. Idempotent. @throws AggregateError of what failed while stopping
   */
  stop(options: StopOptions = {}): Promise<void> {
    this.#stopped ??= this.#stop(options.deadlineMs ?? 10_000)
    return this.#stopped
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #stop(deadlineMs: number): Promise<void> {
    this.#isStopping = true
    const errors: unknown[] = []
    if (!(await this.#drain(deadlineMs))) this.#cycle.abandon(new HostStopped('host.stop'))
    for (const { actor } of this.#registry.residents()) actor.stop()
    if (!this.#keepsStorageOpen) await this.#storage.close().catch((error: unknown) => errors.push(error))
    if (errors.length > 0) throw new AggregateError(errors, 'the host could not stop cleanly')
  }

  /** Waits until every accepted command is settled. @returns false when the deadline came first */
  async #drain(deadlineMs: number): Promise<boolean> {
    const { clock } = this.#deps
    let handle: unknown
    const deadline = new Promise<boolean>((resolve) => {
      handle = clock.setTimeout(() => resolve(false), deadlineMs)
    })
    const isDrained = await Promise.race([this.#admission.whenEmpty().then(() => true), deadline])
    clock.clearTimeout(handle)
    return isDrained
  }

  /** Not async, nor is what it calls where there is room: a command costs one promise here instead of three. */
  #tryAsk(entity: EntityKey, asked: Asked, options: AskOptions = noOptions): Promise<TryAskResult> {
    const { signal } = options
    try {
      signal?.throwIfAborted()
      this.#refuseWhenStopping(entity)
      this.#registry.model(entity.type)
      const command = makeCommand(entity, asked, options, this.#limits)
      const wait = this.#admission.enter(signal)
      if (wait === undefined) return this.#submit(entity, command, signal)
      const admitted = this.#admitted(wait, entity, signal).then(() => this.#submit(entity, command, signal))
      return admitted.catch((error: unknown) => failedAsk(error, signal))
    } catch (error) {
      return failedAsk(error, signal)
    }
  }

  /** Hands the command to the process, not through the actor's mailbox: that is emptied when the actor ends. */
  #submit(entity: EntityKey, command: Command, signal: AbortSignal | undefined): Promise<TryAskResult> {
    const { actor, process } = this.#registry.activate(entity)
    return new Promise((resolve, reject) => {
      const giveUp = signal && ((): void => reject(signal.reason as Error))
      const settle = (outcome: CommandOutcome): void => {
        if (giveUp !== undefined) signal?.removeEventListener('abort', giveUp)
        this.#admission.leave()
        resolve(outcome.ok ? { ok: true, event: outcome.event, state: viewState(outcome.state) } : outcome)
      }
      if (giveUp !== undefined) signal?.addEventListener('abort', giveUp, { once: true })
      actor.send({ type: 'perdure.asked', command })
      process.submit({ command, settle, attempts: 0 })
    })
  }

  /** Waits for room. Whoever gave up meanwhile, or finds the host stopping, gives the place back. */
  async #admitted(wait: Promise<void>, entity: EntityKey, signal?: AbortSignal): Promise<void> {
    await wait
    try {
      signal?.throwIfAborted()
      this.#refuseWhenStopping(entity)
    } catch (error) {
      this.#admission.leave()
      throw error
    }
  }

  #refuseWhenStopping(entity: EntityKey): void {
    if (this.#isStopping) throw new HostStopped(formatEntityKey(entity))
  }

  /** The entity in memory, loaded. Starts again if it is let go of at just that moment. */
  async #activated(entity: EntityKey): Promise<EntityProcess> {
    for (;;) {
      this.#refuseWhenStopping(entity)
      const { process } = this.#registry.activate(entity)
      await process.activate()
      if (process.phase === 'stopped') continue
      if (process.committedState.version > 0) return process
      throw new EntityNotFound(formatEntityKey(entity))
    }
  }

  #makeAccess(): EntityAccess {
    return {
      actor: (entity) => {
        this.#refuseWhenStopping(entity)
        const { actor } = this.#registry.activate(entity)
        wake(actor, this.#deps)
        return actor
      },
      tryAsk: (entity, asked, options) => this.#tryAsk(entity, asked, options),
      tell: (entity, asked, options) => void this.#tell(entity, asked, options),
      state: async (entity, { hydrate = false, consistency = 'committed' }: StateOptions) => {
        const process = await this.#activated(entity)
        const state = consistency === 'committed' ? process.committedState : process.processedState
        if (!hydrate) return viewState(state)
        const pendingContent = (hash: string) => process.pendingContent(hash)
        return viewState(await hydrateState(this.#deps, entity, state, pendingContent))
      },
      readField: async (entity, field) => {
        const process = await this.#activated(entity)
        return readFieldValue(this.#deps, entity, process.committedState, field)
      },
      subscribe: (entity, listener) => this.#listeners.add(entity, listener),
      history: (entity) => readHistory(this.#storage, entity),
    }
  }

  async #tell(entity: EntityKey, asked: Asked, options?: AskOptions): Promise<void> {
    try {
      const result = await this.#tryAsk(entity, asked, options)
      if (result.ok) return
      const { code, message } = result.error
      this.#deps.logger.warn({ code, entity: formatEntityKey(entity) }, message)
    } catch {
      // Only a signal brings it here: the teller has lost interest.
    }
  }
}

/** What an asker hears of an error; whoever gave up hears his own reason, thrown. */
function failedAsk(error: unknown, signal: AbortSignal | undefined): Promise<TryAskResult> {
  if (signal?.aborted === true && error === signal.reason) return Promise.reject(error as Error)
  return Promise.resolve({ ok: false, error: asPerdureError(error) })
}
