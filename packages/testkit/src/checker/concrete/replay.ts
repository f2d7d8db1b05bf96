// Path of packed states → a run of the real entity along it, or the finding that there is none: what the abstraction lost
// made it up. Depth-first over candidate values, within a budget.
import type { EntityState, JsonObject } from '@perdure/core'
import type { AbstractModel } from '../abstraction/abstract-model.ts'
import { makeUnpack } from '../abstraction/layout.ts'
import type { ActionPlan, Choice } from '../transition/action-plan.ts'
import { edgeUnit } from '../transition/step-table.ts'
import type { Exploration, GuardSight } from '../explore/exploration.ts'
import { cellsOfState } from './abstract-state.ts'
import { commandsFor } from './make-commands.ts'
import type { RealCommand } from './make-commands.ts'
import { ValueMaker } from './make-values.ts'
import { readVariable } from './real-entity.ts'
import type { RealEntity, RealOutcome } from './real-entity.ts'
import type { Trace, TraceStep } from './trace.ts'

/** A step to take: by an edge, to digits; digits left out may be any. */
export interface PathStep {
  readonly edge: number
  readonly cells?: readonly number[]
}

/** A real run, with the state it ended in. */
export interface RealRun {
  readonly trace: Trace
  readonly state: EntityState
}

/** Whether the last step of a path came to what is looked for; `next`: the state it leads to, or would but for an invariant. */
export type Acceptance = (outcome: RealOutcome, next: EntityState) => boolean

/** Commands that may be tried for one path. */
const maxAttempts = 5_000

/** Replays paths of one exploration. */
export class Replayer {
  readonly entity: RealEntity
  readonly #exploration: Exploration
  readonly #abstract: AbstractModel
  readonly #creations: ReadonlyMap<number, JsonObject>
  readonly #unpack: (low: number, high: number, into: Int32Array) => void

  /** `creations`: the fields that bring about each initial state, by id. */
  constructor(exploration: Exploration, entity: RealEntity, creations: ReadonlyMap<number, JsonObject>) {
    this.entity = entity
    this.#exploration = exploration
    this.#abstract = exploration.abstract
    this.#creations = creations
    this.#unpack = makeUnpack(exploration.abstract.layout)
  }

  /** The digits of a state. */
  cellsOf(id: number): readonly number[] {
    const { states } = this.#exploration
    const cells = new Int32Array(this.#abstract.layout.radices.length)
    this.#unpack(
      states.lows[id] as number,
      this.#abstract.layout.isWide ? (states.highs[id] as number) : 0,
      cells,
    )
    return Array.from(cells)
  }

  /** The path by which a state was found. */
  pathTo(id: number): { readonly root: number; readonly steps: readonly PathStep[] } {
    const { parents, via } = this.#exploration
    const steps: PathStep[] = []
    let at = id
    for (let parent = parents[at] as number; parent !== -1; parent = parents[at] as number) {
      steps.push({ edge: via[at] as number, cells: this.cellsOf(at) })
      at = parent
    }
    return { root: at, steps: steps.reverse() }
  }

  /** Runs the entity to a state and on; undefined when no real run goes that way. */
  run(id: number, onwards: readonly PathStep[] = [], accept: Acceptance = isAccepted): RealRun | undefined {
    const { root, steps } = this.pathTo(id)
    const fields = this.#creations.get(root) ?? {}
    const created = this.entity.create(fields)
    if (created.kind !== 'accepted') return undefined
    const walk: Walk = { steps: [...steps, ...onwards], attempts: 0, accept, maker: new ValueMaker() }
    const taken = this.#walk(walk, 0, created.state)
    if (taken === undefined) return undefined
    const trace: Trace = {
      fields,
      initial: created.state.status,
      variables: this.variablesOf(created.state),
      steps: taken.steps,
    }
    return { trace, state: taken.state }
  }

  /** Whether a real run comes to a command that the guard of a rule, by place in the file, refuses. */
  canFail(rule: number, { failures }: GuardSight): boolean {
    return failures.some(({ parent, edge }) => {
      const chosen = this.choiceOf(edge)
      const run = chosen && this.run(parent)
      if (run === undefined || chosen === undefined) return false
      const { plan, choice } = chosen
      const model = plan.rules.find(({ index }) => index === rule)?.model
      return commandsFor(plan, choice, run.state, new ValueMaker()).some(
        (command) => model !== undefined && this.entity.isRefusedBy(model, run.state, command),
      )
    })
  }

  /** What the kept variables hold. */
  variablesOf(state: EntityState): Trace['variables'] {
    const { slots } = this.#abstract.layout
    return Object.fromEntries(slots.map(({ name }) => [name, readVariable(state, name) ?? null]))
  }

  /** The action and the choice of an edge. */
  choiceOf(edge: number): { readonly plan: ActionPlan; readonly choice: Choice } | undefined {
    const label = Math.floor(edge / edgeUnit)
    for (const plan of this.#abstract.actions) {
      for (const { labelBase } of plan.rules) {
        const choice = plan.choices[label - labelBase]
        if (choice !== undefined && label >= labelBase) return { plan, choice }
      }
    }
    return undefined
  }

  #walk(walk: Walk, index: number, state: EntityState): Taken | undefined {
    const step = walk.steps[index]
    if (step === undefined) return { steps: [], state }
    const chosen = this.choiceOf(step.edge)
    if (chosen === undefined) return undefined
    const isLast = index === walk.steps.length - 1
    for (const command of commandsFor(chosen.plan, chosen.choice, state, walk.maker)) {
      if (++walk.attempts > maxAttempts) return undefined
      const outcome = this.entity.ask(state, command.action, command.params, command.related)
      const next = outcome.kind === 'accepted' ? outcome.state : this.#leniently(state, command)
      if (next === undefined || !(isLast ? walk.accept(outcome, next) : outcome.kind === 'accepted')) continue
      if (!this.#isAt(next, step.cells)) continue
      const rest = this.#walk(walk, index + 1, next)
      if (rest !== undefined)
        return { ...rest, steps: [this.stepOf(command, state, next, outcome), ...rest.steps] }
    }
    return undefined
  }

  #isAt(state: EntityState, cells: readonly number[] | undefined): boolean {
    if (cells === undefined) return true
    const actual = cellsOfState(this.#abstract.layout, state)
    return actual !== undefined && actual.every((cell, digit) => cell === cells[digit])
  }

  /** The state that a command would have led to but for an invariant. */
  #leniently(state: EntityState, { action, params, related }: RealCommand): EntityState | undefined {
    const outcome = this.entity.ask(state, action, params, related, true)
    return outcome.kind === 'accepted' ? outcome.state : undefined
  }

  /** One step as a trace shows it. */
  stepOf(command: RealCommand, before: EntityState, after: EntityState, outcome: RealOutcome): TraceStep {
    return {
      action: command.action,
      params: command.params,
      ...(command.related.size === 0 ? {} : { related: Object.fromEntries(command.related) }),
      from: before.status,
      to: after.status,
      variables: this.variablesOf(after),
      ...(outcome.kind === 'refused'
        ? { refusal: { code: outcome.rejection.code, message: outcome.rejection.message } }
        : {}),
    }
  }
}

interface Walk {
  readonly steps: readonly PathStep[]
  readonly accept: Acceptance
  readonly maker: ValueMaker
  attempts: number
}

interface Taken {
  readonly steps: readonly TraceStep[]
  readonly state: EntityState
}

function isAccepted({ kind }: RealOutcome): boolean {
  return kind === 'accepted'
}
