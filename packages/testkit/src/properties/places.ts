// Which entity a place of a run stands for just now. A place whose entity has ended gets a fresh one when it is created
// anew, so that runs do not die early.
import type { EntityKey, EntitySpec, EntityState } from '@perdure/core'
import type { RunPlace, RunStep } from '../arbitraries/run-step.ts'

interface Occupant {
  readonly generation: number
  /** Whether it was created, as far as anybody asked for that. */
  readonly isCreated: boolean
  readonly hasEnded: boolean
}

const vacant: Occupant = { generation: 1, isCreated: false, hasEnded: false }

/** The places of one run. */
export class Places {
  readonly #tenant: string
  readonly #terminal: ReadonlyMap<string, ReadonlySet<string>>
  readonly #occupants = new Map<string, Occupant>()
  readonly #entities = new Map<string, EntityKey>()

  constructor(tenant: string, specs: readonly EntitySpec[]) {
    this.#tenant = tenant
    this.#terminal = new Map(specs.map(({ name, terminal }) => [name, new Set([...terminal, 'Deleted'])]))
  }

  /** Every entity that was ever named, in order. */
  get entities(): readonly EntityKey[] {
    return [...this.#entities.values()]
  }

  /** The entity that a step is about. A creation after an end begins a fresh one. */
  entityOf(step: RunPlace & Pick<RunStep, 'kind'>): EntityKey {
    const name = nameOf(step)
    let occupant = this.#occupants.get(name) ?? vacant
    if (step.kind === 'spawn' && occupant.hasEnded)
      occupant = { ...vacant, generation: occupant.generation + 1 }
    this.#occupants.set(name, step.kind === 'spawn' ? { ...occupant, isCreated: true } : occupant)
    const id = occupant.generation === 1 ? step.id : `${step.id}~${occupant.generation}`
    const entity = { tenant: this.#tenant, type: step.type, id }
    this.#entities.set(`${step.type}/${id}`, entity)
    return entity
  }

  /** Whether nobody has asked for this place's entity to be created. */
  isVacant(place: RunPlace): boolean {
    return this.#occupants.get(nameOf(place))?.isCreated !== true
  }

  /** A state that the entity of a place was seen in. */
  saw(place: RunPlace, state: Pick<EntityState, 'status' | 'deletedAt'>): void {
    const occupant = this.#occupants.get(nameOf(place))
    const hasEnded =
      state.deletedAt !== undefined || this.#terminal.get(place.type)?.has(state.status) === true
    if (occupant !== undefined && hasEnded) this.#occupants.set(nameOf(place), { ...occupant, hasEnded })
  }
}

function nameOf({ type, id }: RunPlace): string {
  return `${type}/${id}`
}
