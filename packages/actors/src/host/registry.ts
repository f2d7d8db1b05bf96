// The entities that live in this host: one XState actor each, created on first use.
import { compileModel, formatEntityKey, own, suggestName } from '@perdure/core'
import type { EntityHead, EntityKey, EntityModel, EntitySpec, ModelOptions, UpcastHook } from '@perdure/core'
import { createActor } from 'xstate'
import type { Actor } from 'xstate'
import { InvalidArgument, SpecNotSupported } from '../errors/host-errors.ts'
import type { EntityDeps } from '../entity/entity-deps.ts'
import { entityLogic, processOf } from '../entity/entity-logic.ts'
import type { EntityLogic } from '../entity/entity-logic.ts'
import type { EntityProcess } from '../entity/entity-process.ts'
import { statusToday } from '../entity/status-today.ts'
import { unsupportedParts } from './unsupported.ts'

/** An entity in memory. */
export interface Resident {
  readonly actor: Actor<EntityLogic>
  readonly process: EntityProcess
}

/** What models are compiled with. */
export type RegistryOptions = Omit<ModelOptions, 'upcast'> & {
  /** By entity type. */
  readonly upcast?: Readonly<Record<string, UpcastHook>>
}

interface EntityType {
  readonly model: EntityModel
  readonly logic: EntityLogic
}

/** Keeps models by type and residents by entity. */
export class Registry {
  readonly #types: ReadonlyMap<string, EntityType>
  readonly #residents = new Map<string, Resident>()
  readonly #deps: EntityDeps

  /** @throws SpecNotSupported, InvalidArgument for specs that cannot run together */
  constructor(specs: readonly EntitySpec[], options: RegistryOptions, deps: EntityDeps) {
    this.#deps = deps
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
      types.set(spec.name, { model, logic: entityLogic(model, deps) })
    }
    for (const name of Object.keys(options.upcast ?? {})) {
      if (types.has(name)) continue
      throw new InvalidArgument(
        'invalid_option',
        `upcast.${name} is for an entity type that this host does not run`,
      )
    }
    this.#types = types
  }

  get size(): number {
    return this.#residents.size
  }

  /** @throws InvalidArgument `unknown_entity_type` */
  model(type: string): EntityModel {
    return this.#type(type).model
  }

  /** What the status of a head is called today; as it is stored if its type is not run here. */
  async statusToday(head: EntityHead): Promise<string> {
    const type = this.#types.get(head.type)
    return type === undefined ? head.status : statusToday(this.#deps.storage, type.model, head)
  }

  find(entity: EntityKey): Resident | undefined {
    return this.#residents.get(residentKey(entity))
  }

  /** The entity's actor, started; created if it is not in memory. */
  activate(entity: EntityKey): Resident {
    const key = residentKey(entity)
    const found = this.#residents.get(key)
    if (found !== undefined) return found
    const { logic } = this.#type(entity.type)
    const actor = createActor(logic, {
      id: formatEntityKey(entity),
      input: { ...entity, isDormant: true },
    })
    const resident: Resident = { actor, process: processOf(actor) }
    this.#residents.set(key, resident)
    const forget = (): void => {
      if (this.#residents.get(key) === resident) this.#residents.delete(key)
    }
    actor.subscribe({ complete: forget, error: forget })
    actor.start()
    return resident
  }

  /** Lets go of an entity; it comes back from storage on next use. */
  remove(entity: EntityKey): void {
    const resident = this.find(entity)
    this.#residents.delete(residentKey(entity))
    resident?.actor.stop()
  }

  residents(): readonly Resident[] {
    return [...this.#residents.values()]
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

/** One text per entity: ids and tenants never contain NUL. */
function residentKey({ tenant, type, id }: EntityKey): string {
  return `${tenant}\0${type}\0${id}`
}
