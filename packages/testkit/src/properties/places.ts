// Which entity a place of a run stands for just now. A place whose entity has ended gets a fresh one when it is created
// anew, so that runs do not die early.
import type { EntityKey, EntitySpec, EntityState } from '@perdure/core'
import type { RunPlace, RunStep } from '../arbitraries/run-step.ts'

interface Occupant {
  readonly generation: number
  /** Whether it was created, as far as anybody asked for that. */
  readonly isCreated: boolean
  readonly hasEnded: boolean
  /** Commands since it was seen to have ended: a few must be refused, then it makes room. */
  readonly visitsSince: number
}

const vacant: Occupant = { generation: 1, isCreated: false, hasEnded: false, visitsSince: 0 }
const visitsAfterEnd = 3

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

  /** A command is about to be asked of this place. @returns whether its entity must be created first */
  visit(command: RunPlace & Pick<RunStep, 'kind'>): boolean {
    const before = this.#occupants.get(nameOf(command)) ?? vacant
    const { generation, hasEnded, visitsSince } = before
    const isSpawn = command.kind === 'spawn'
    const isOver = hasEnded && (isSpawn || visitsSince >= visitsAfterEnd)
    const now = isOver ? { ...vacant, generation: generation + 1 } : before
    this.#occupants.set(nameOf(command), {
      ...now,
      isCreated: true,
      visitsSince: now.hasEnded ? visitsSince + 1 : 0,
    })
    return !isSpawn && !now.isCreated
  }

  /** The entity that a step is about. */
  entityOf(step: RunPlace): EntityKey {
    const { generation } = this.#occupants.get(nameOf(step)) ?? vacant
    const id = generation === 1 ? step.id : `${step.id}~${generation}`
    const entity = { tenant: this.#tenant, type: step.type, id }
    this.#entities.set(`${step.type}/${id}`, entity)
    return entity
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
