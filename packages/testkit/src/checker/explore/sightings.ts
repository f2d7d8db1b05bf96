// What a search notices on its way, each thing the first time only: kept apart from the search, which has to be fast.
import type { AbstractModel } from '../abstraction/abstract-model.ts'
import type { Truth } from '../abstraction/truth.ts'
import type { RulePlan } from '../transition/action-plan.ts'
import { edgeUnit } from '../transition/step-table.ts'
import type { GuardFailure, Sighting, Suspect } from './exploration.ts'

/** Suspects that are kept of an invariant, and failures of a guard: each is a path to try. */
const maxSuspects = 24

/** Guards, firings, suspects. */
export class Sightings {
  readonly guards: Map<number, { mayHold: boolean; readonly failures: GuardFailure[] }> = new Map()
  /** By place of the rule in the file. */
  readonly firings: Map<number, Sighting> = new Map()
  readonly suspects: readonly Suspect[][]
  terminalLeft: Sighting | undefined
  readonly #abstract: AbstractModel
  readonly #hasFired: Uint8Array

  constructor(abstract: AbstractModel) {
    this.#abstract = abstract
    this.suspects = abstract.invariants.map(() => [])
    const labels = abstract.actions.reduce(
      (total, { rules, choices }) => total + rules.length * choices.length,
      0,
    )
    this.#hasFired = new Uint8Array(labels)
  }

  /** Whether an edge with this label was taken before; from now on it was. */
  isFirst(label: number): boolean {
    if (this.#hasFired[label] !== 0) return false
    this.#hasFired[label] = 1
    return true
  }

  noteFiring(label: number, sighting: Sighting): void {
    const rule = this.#ruleOf(label)
    if (!this.firings.has(rule)) this.firings.set(rule, sighting)
  }

  noteGuard({ index, labelBase }: RulePlan, truth: Truth, choice: number, parent: number): void {
    let sight = this.guards.get(index)
    if (sight === undefined) this.guards.set(index, (sight = { mayHold: false, failures: [] }))
    if (truth !== 'false') sight.mayHold = true
    if (truth !== 'true' && sight.failures.length < maxSuspects)
      sight.failures.push({ parent, edge: (labelBase + choice) * edgeUnit })
  }

  /** Whether another suspect of an invariant is worth keeping. */
  wantsSuspect(invariant: number): boolean {
    return (this.suspects[invariant]?.length ?? maxSuspects) < maxSuspects
  }

  /** The place in the file of a label's rule. */
  #ruleOf(label: number): number {
    for (const { rules, choices } of this.#abstract.actions)
      for (const { labelBase, index } of rules)
        if (label >= labelBase && label < labelBase + choices.length) return index
    return -1
  }
}
