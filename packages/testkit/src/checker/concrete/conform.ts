// Conformance: every explored step, up to a cap, is taken by core's decide and evolve and compared with what the model of
// them says. A difference is a fault of Perdure's own, not of the spec.
import type { EntityState, JsonObject } from '@perdure/core'
import { pack } from '../abstraction/layout.ts'
import type { Exploration } from '../explore/exploration.ts'
import type { ActionPlan } from '../transition/action-plan.ts'
import { choiceSurroundings } from '../transition/surroundings.ts'
import { takeAction } from '../transition/take-action.ts'
import type { Step } from '../transition/take-action.ts'
import type { ConformanceCount } from '../report.ts'
import { cellsOfState } from './abstract-state.ts'
import { commandsFor } from './make-commands.ts'
import type { RealCommand } from './make-commands.ts'
import { ValueMaker } from './make-values.ts'
import type { RealEntity, RealOutcome } from './real-entity.ts'

/** What the comparison came to. */
export interface Conformance extends ConformanceCount {
  /** The first differences, in words. */
  readonly differences: readonly string[]
}

const maxDifferences = 5

/** Compares up to `maxCommands` commands, in the order of discovery. */
export function checkConformance(
  exploration: Exploration,
  entity: RealEntity,
  creations: ReadonlyMap<number, JsonObject>,
  maxCommands: number,
): Conformance {
  const comparing = new Comparing(exploration, entity, maxCommands)
  for (const [id, fields] of creations) {
    const created = entity.create(fields)
    if (created.kind === 'accepted') comparing.meet(id, created.state)
  }
  return comparing.run()
}

class Comparing {
  readonly #exploration: Exploration
  readonly #entity: RealEntity
  readonly #maxCommands: number
  readonly #real = new Map<number, EntityState>()
  readonly #maker = new ValueMaker()
  readonly #differences: string[] = []
  #commands = 0

  constructor(exploration: Exploration, entity: RealEntity, maxCommands: number) {
    this.#exploration = exploration
    this.#entity = entity
    this.#maxCommands = maxCommands
  }

  /** A real state of a packed one. */
  meet(id: number, state: EntityState): void {
    if (!this.#real.has(id)) this.#real.set(id, state)
  }

  run(): Conformance {
    // A map grows while it is iterated, so states that are met on the way follow.
    let states = 0
    for (const state of this.#real.values()) {
      if (this.#isDone()) break
      states++
      this.#compareState(state)
    }
    return { states, commands: this.#commands, differences: this.#differences }
  }

  #isDone(): boolean {
    return this.#commands >= this.#maxCommands || this.#differences.length >= maxDifferences
  }

  #compareState(state: EntityState): void {
    const { abstract } = this.#exploration
    const cells = cellsOfState(abstract.layout, state)
    if (cells === undefined || state.deletedAt !== undefined) return
    for (const plan of abstract.actions) {
      for (let choice = 0; choice < plan.choices.length && !this.#isDone(); choice++)
        this.#compareChoice(state, cells, plan, choice)
    }
  }

  #compareChoice(state: EntityState, cells: readonly number[], plan: ActionPlan, index: number): void {
    const choice = plan.choices[index]
    if (choice === undefined) return
    // "The same as a variable" and the like make no sense in every state.
    const { abstract } = this.#exploration
    if (choiceSurroundings(abstract, plan, cells, choice) === undefined) return
    const steps = takeAction(abstract, plan, cells, index)
    const [command] = commandsFor(plan, choice, state, this.#maker)
    if (command === undefined) return
    this.#commands++
    const outcome = this.#entity.ask(state, plan.name, command.params, command.related)
    const difference = this.#differenceOf(steps, outcome)
    if (difference === undefined) return
    this.#differences.push(`${describe(command, state)}: ${difference}`)
  }

  #differenceOf(steps: readonly Step[], outcome: RealOutcome): string | undefined {
    if (outcome.kind === 'refused') {
      const isExpected =
        outcome.rejection.code.endsWith('invariant_violated') || !steps.some(({ isSure }) => isSure)
      return isExpected ? undefined : `the model accepts it, core refuses it: ${outcome.rejection.message}`
    }
    const { layout } = this.#exploration.abstract
    const cells = cellsOfState(layout, outcome.state)
    if (cells === undefined) return 'core leads to a state that fits no cell'
    const text = cells.join()
    if (!steps.some(({ successors }) => successors.some((successor) => successor.join() === text)))
      return steps.length === 0
        ? 'the model refuses it, core accepts it'
        : 'core leads to a state that the model does not'
    const { low, high } = pack(layout, cells)
    const id = this.#exploration.states.idOf(low, high)
    if (id >= 0) this.meet(id, outcome.state)
    else if (this.#exploration.limit === undefined)
      return 'core leads to a state that the search did not find'
    return undefined
  }
}

function describe({ action, params }: RealCommand, { status }: EntityState): string {
  return `${action} ${JSON.stringify(params)} in ${status}`
}
