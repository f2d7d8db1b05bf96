// Where one run is carried out: a storage, time and ids of its own, and the hosts that are started on it. Works on any
// storage, real ones too; a tenant keeps a run apart from all others.
import { createHost } from '@perdure/actors'
import type { Host, HostOptions } from '@perdure/actors'
import { defaultInlineMaxBytes } from '@perdure/core'
import type { EntityEvent, EntityKey, EntityModel, EntitySpec, Storage } from '@perdure/core'
import type { BlobTamper } from '../storage-contract/contract-case.ts'
import { VirtualClock } from '../simulate/virtual-clock.ts'
import { modelOf } from './model-of.ts'
import { referenceFold } from './reference-fold.ts'
import type { ReferenceState } from './reference-fold.ts'
import { demand } from './violation.ts'

/**
 * Starts a host; `createHost`, or a runtime that is to be held to the same properties. All hosts of one run are started
 * with the same `scope`, and no host of another one.
 */
export type StartHost = (options: HostOptions, scope: object) => Promise<Host>

/** What a stage is made of. */
export interface StageOptions {
  readonly specs: readonly EntitySpec[]
  readonly storage: Storage
  readonly tamper?: BlobTamper
  readonly tenant: string
  readonly startHost?: StartHost
  readonly inlineMaxBytes?: number
  readonly clock?: StageClock
}

/** Time of a stage. The backoff of a retry passes at once, for the storage may be a real one; a deadline never comes. */
export class StageClock extends VirtualClock {
  override setTimeout(callback: () => void, delayMs: number): unknown {
    if (delayMs >= 5_000) return super.setTimeout(callback, delayMs)
    return setImmediate(callback)
  }
}

/** One stage. */
export class Stage {
  readonly specs: readonly EntitySpec[]
  readonly storage: Storage
  readonly tamper: BlobTamper | undefined
  readonly tenant: string
  readonly clock: StageClock
  readonly inlineMaxBytes: number
  readonly #models: ReadonlyMap<string, EntityModel>
  readonly #startHost: StartHost
  #ids = 0

  constructor(options: StageOptions) {
    this.specs = options.specs
    this.storage = options.storage
    this.tamper = options.tamper
    this.tenant = options.tenant
    this.clock = options.clock ?? new StageClock()
    this.inlineMaxBytes = options.inlineMaxBytes ?? defaultInlineMaxBytes
    this.#startHost = options.startHost ?? ((given) => createHost(given))
    const { inlineMaxBytes } = this
    this.#models = new Map(options.specs.map((spec) => [spec.name, modelOf(spec, inlineMaxBytes)]))
  }

  /** A host on the stage's storage, or on one that stands before it. It leaves the storage open. */
  start(options: Partial<HostOptions> = {}): Promise<Host> {
    const { specs, storage, tenant, clock, inlineMaxBytes } = this
    const given: HostOptions = {
      specs,
      storage,
      tenant,
      clock,
      inlineMaxBytes,
      keepStorageOpen: true,
      ids: { next: () => `${tenant}-${++this.#ids}` },
      random: { next: () => 0.5 },
      ...options,
    }
    return this.#startHost(given, this)
  }

  model(type: string): EntityModel {
    const model = this.#models.get(type)
    demand(model !== undefined, `there is no spec of the type ${type}`)
    return model
  }

  /** What the reference makes of events of one entity. */
  fold(type: string, events: readonly EntityEvent[]): ReferenceState {
    return referenceFold(this.model(type).spec, events, this.inlineMaxBytes)
  }

  /** The events that are stored, which must be contiguous. */
  async eventsOf(entity: EntityKey): Promise<readonly EntityEvent[]> {
    const events = await this.storage.readEvents(entity)
    for (const [index, { sequence }] of events.entries())
      demand(sequence === index + 1, `event ${index + 1} of ${entity.id} has sequence ${sequence}`)
    return events
  }

  /** Starts a host, lets it be used, and stops it again. */
  async withHost<Result>(
    use: (host: Host) => Promise<Result>,
    options: Partial<HostOptions> = {},
  ): Promise<Result> {
    const host = await this.start(options)
    try {
      return await use(host)
    } finally {
      await host.stop()
    }
  }
}
