// Weak fairness: an action that stays possible is taken at last. Internal actions and timeouts are fair; inputs are not,
// for nobody has to ask them. Strong fairness, for actions that are named: possible again and again is enough.
import { edgeFacts, edgeUnit } from '../transition/step-table.ts'
import { statusOf } from '../explore/exploration.ts'
import type { Checking } from './checking.ts'
import type { LivenessGraph } from './liveness-graph.ts'

/** One promise that the environment keeps. */
export interface FairAction {
  readonly action: string
  /** It is kept in this status only; undefined: in all. */
  readonly status: string | undefined
  readonly isStrong: boolean
}

/** The fair actions of a spec, in file order, then its timeouts. */
function fairActions({ exploration, spec, fair, stronglyFair }: Checking): readonly FairAction[] {
  const always = exploration.abstract.actions
    .map(({ name, rules }): FairAction & { readonly isFair: boolean } => {
      const isStrong = stronglyFair.has(name)
      const isFair = isStrong || fair.has(name) || rules.some(({ model }) => model.spec.kind !== 'input')
      return { action: name, status: undefined, isStrong, isFair }
    })
    .filter(({ isFair }) => isFair)
  const known = new Set(always.map(({ action }) => action))
  const timed = spec.stateTimeouts
    .filter(({ onTimeout }) => !known.has(onTimeout))
    .map(({ onTimeout, state }): FairAction => ({ action: onTimeout, status: state, isStrong: false }))
  return [...always, ...timed]
}

/** Which fair actions an edge takes, and which a state surely offers. */
export class Fairness {
  readonly actions: readonly FairAction[]
  readonly #checking: Checking
  readonly #graph: LivenessGraph
  /** Label → indexes into `actions`. */
  readonly #byLabel = new Map<number, readonly number[]>()

  constructor(checking: Checking, graph: LivenessGraph) {
    this.#checking = checking
    this.#graph = graph
    this.actions = fairActions(checking)
    for (const plan of checking.exploration.abstract.actions) {
      const own = this.actions.flatMap(({ action }, index) => (action === plan.name ? [index] : []))
      if (own.length === 0) continue
      for (const { labelBase } of plan.rules)
        for (let choice = 0; choice < plan.choices.length; choice++)
          this.#byLabel.set(labelBase + choice, own)
    }
  }

  /** The fair actions that the edge at a place takes from a source. */
  takenBy(source: number, place: number): readonly number[] {
    const label = Math.floor((this.#graph.index.edges[place] as number) / edgeUnit)
    const own = this.#byLabel.get(label)
    if (own === undefined) return []
    const status = statusOf(this.#checking.exploration, source)
    return own.filter((index) => {
      const only = this.actions[index]?.status
      return only === undefined || only === status
    })
  }

  /** The fair actions that are accepted in a state whatever its cells stand for and whatever other entities do. */
  offeredBy(source: number): ReadonlySet<number> {
    const { starts, edges } = this.#graph.index
    const needed = edgeFacts.sure | edgeFacts.independent
    const offered = new Set<number>()
    for (let place = starts[source] as number; place < (starts[source + 1] ?? 0); place++) {
      if (((edges[place] as number) & needed) !== needed) continue
      for (const index of this.takenBy(source, place)) offered.add(index)
    }
    return offered
  }

  /** Whether a state may offer an action: with some value of its cells, or some status of another entity. */
  mayOffer(source: number, action: number): boolean {
    const { starts } = this.#graph.index
    for (let place = starts[source] as number; place < (starts[source + 1] ?? 0); place++)
      if (this.takenBy(source, place).includes(action)) return true
    return false
  }
}
