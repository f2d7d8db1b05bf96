// The entities that live in this host: one process each, created on first use.
import { compileModel, own, suggestName } from '@perdure/core'
import type { EntityHead, EntityKey, EntityModel, EntitySpec, ModelOptions, UpcastHook } from '@perdure/core'
import { InvalidArgument, SpecNotSupported } from '../errors/host-errors.ts'
import type { EntityDeps } from '../entity/entity-deps.ts'
import { statusToday } from '../entity/status-today.ts'
import { Resident } from '../residency/resident.ts'
import type { ResidentOwner } from '../residency/resident.ts'
import { Residents } from '../residency/residents.ts'
import type { ResidencyOptions } from '../residency/residents.ts'
import { unsupportedParts } from './unsupported.ts'

/** What models are compiled with. */
export type RegistryOptions = Omit<ModelOptions, 'upcast'> & {
  /** By entity type. */
  readonly upcast?: Readonly<Record<string, UpcastHook>>
}

interface EntityType {
  model: EntityModel
  /** Its entities decide nothing just now. */
  isPaused: boolean
}

/** Keeps models by type and residents by entity. */
export class Registry implements ResidentOwner {
  readonly #types: ReadonlyMap<string, EntityType>
  readonly #residents: Residents
  readonly deps: EntityDeps
  readonly #options: RegistryOptions

  /** @throws SpecNotSupported, InvalidArgument for specs that cannot run together */
  constructor(
    specs: readonly EntitySpec[],
    options: RegistryOptions,
    deps: EntityDeps,
    residency: ResidencyOptions,
  ) {
    this.deps = deps
    this.#options = options
    const parts = specs.flatMap(unsupportedParts)
    if (parts.length > 0) throw new SpecNotSupported(parts)
    const types = new Map<string, EntityType>()
    for (const spec of specs) {
      if (types.has(spec.name)) {
        throw new InvalidArgument(
          'invalid_option',
          `two specs declare the entity type ${spec.name}; give one another name`,
        )
      }
      const model = compileFor(spec, options)
      types.set(spec.name, { model, isPaused: false })
    }
    for (const name of Object.keys(options.upcast ?? {})) {
      if (types.has(name)) continue
      throw new InvalidArgument(
        'invalid_option',
        `upcast.${name} is for an entity type that this host does not run`,
      )
    }
    this.#types = types
    this.#residents = new Residents(residency, deps)
  }

  get size(): number {
    return this.#residents.size
  }

  /** @throws InvalidArgument `unknown_entity_type` */
  model(type: string): EntityModel {
    return this.#type(type).model
  }

  /** Undefined for a type that is not run here. */
  findModel(type: string): EntityModel | undefined {
    return this.#types.get(type)?.model
  }

  /** A model for a type that is run here, of another spec, or with another hook. @throws SpecNotSupported, InvalidArgument */
  compile(spec: EntitySpec, hook?: UpcastHook): EntityModel {
    this.#type(spec.name)
    const parts = unsupportedParts(spec)
    if (parts.length > 0) throw new SpecNotSupported(parts)
    const { upcast = {}, ...options } = this.#options
    const hooks = hook === undefined ? upcast : { ...upcast, [spec.name]: hook }
    return compileFor(spec, { ...options, upcast: hooks })
  }

  /** Holds back every command of a type before it is decided, and waits until what was decided has settled. */
  async pause(type: string): Promise<void> {
    this.#type(type).isPaused = true
    await Promise.all(this.#residentsOf(type).map(({ process }) => process.pause()))
  }

  /** Ends the pause. */
  resume(type: string): void {
    const found = this.#type(type)
    found.isPaused = false
    for (const { process } of this.#residentsOf(type)) process.resume(found.model)
  }

  /** From here on entities come to memory under this model. Those that are there go over when they are resumed. */
  replace(model: EntityModel): void {
    this.#type(model.name).model = model
  }

  /** Leads each entity of a type that is in memory over to its model, between two commands of its own. */
  async goOver(type: string): Promise<void> {
    await Promise.all(
      this.#residentsOf(type).map(async ({ process }) => {
        await process.pause()
        process.resume(this.#type(type).model)
      }),
    )
  }

  /** What the status of a head is called today; as it is stored if its type is not run here. */
  async statusToday(head: EntityHead): Promise<string> {
    const type = this.#types.get(head.type)
    return type === undefined ? head.status : statusToday(this.deps.storage, type.model, head)
  }

  find(entity: EntityKey): Resident | undefined {
    return this.#residents.find(entity)
  }

  /** The entity in memory; taken there, not loaded, if it is not. */
  activate(entity: EntityKey): Resident {
    const found = this.#residents.use(entity)
    if (found !== undefined) return found
    const { model, isPaused } = this.#type(entity.type)
    const resident = new Resident(entity, model, this)
    // Nothing is on its way in a new one: there is nothing to wait for.
    if (isPaused) void resident.process.pause()
    this.#residents.add(resident)
    return resident
  }

  /** Keeps an entity in memory until `remove`: somebody holds its actor. */
  pin(entity: EntityKey): void {
    this.#residents.pin(entity)
  }

  /** Another host has moved an entity on. An actor that somebody holds is read again at once, any other on next use. */
  outdate(entity: EntityKey, version: number): void {
    const process = this.find(entity)?.process
    process?.outdate(version)
    if (process !== undefined && this.#residents.isPinned(entity)) process.activate().catch(() => {})
  }

  /** Lets go of an entity; it comes back from storage on next use. */
  remove(entity: EntityKey): void {
    const resident = this.find(entity)
    if (resident !== undefined) this.#residents.passivate(resident)
  }

  #residentsOf(type: string): readonly Resident[] {
    return this.residents().filter(({ process }) => process.entity.type === type)
  }

  residents(): readonly Resident[] {
    return this.#residents.all()
  }

  onGone(resident: Resident): void {
    this.#residents.forget(resident)
  }

  /** Stops every entity; what is in flight still settles. */
  stop(): void {
    this.#residents.close()
    for (const resident of this.#residents.all()) {
      this.#residents.forget(resident)
      resident.stop()
    }
  }

  #type(name: string): EntityType {
    const type = this.#types.get(name)
    if (type !== undefined) return type
    const near = suggestName(name, this.#types.keys())
    const hint =
      near === undefined
        ? `this host runs ${[...this.#types.keys()].join(', ') || 'none'}`
        : `did you mean ${near}?`
    throw new InvalidArgument('unknown_entity_type', `there is no entity type ${name}; ${hint}`, {
      details: { type: name },
    })
  }
}

function compileFor(spec: EntitySpec, { upcast = {}, ...options }: RegistryOptions): EntityModel {
  const hook = own(upcast, spec.name)
  return compileModel(spec, { ...options, ...(hook === undefined ? {} : { upcast: hook }) })
}
