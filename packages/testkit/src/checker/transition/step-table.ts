// Steps, remembered: what an action does depends on few digits of a state, and a step is a sum on the packed state. So the
// search looks steps up and adds. Filled as states are met, so that it only ever holds what can be reached.
import type { AbstractModel } from '../abstraction/abstract-model.ts'
import { pathsIn, argumentOf } from '../abstraction/cone.ts'
import { pack } from '../abstraction/layout.ts'
import { assignsVariable } from '../abstraction/param-roles.ts'
import { rulesIn } from './action-plan.ts'
import type { ActionPlan } from './action-plan.ts'
import { takeAction } from './take-action.ts'
import type { GuardWatcher, Step } from './take-action.ts'

/** Facts about an edge, beside its label; an edge is one number, `label * edgeUnit + facts`. */
export const edgeFacts: {
  /** The command is accepted whatever the state's cells stand for, and leads to one of the group's ends. */
  readonly sure: 1
  /** See `Step.isProgress`. */
  readonly progress: 2
  /** It does not depend on the status of another entity. */
  readonly independent: 4
} = { sure: 1, progress: 2, independent: 4 }

/** See `edgeFacts`. */
export const edgeUnit = 8

/** The ends of one command: one of them is reached. */
export interface StepGroup {
  readonly edge: number
  /** What to add to the low and the high word, for each end. */
  readonly low: readonly number[]
  readonly high: readonly number[]
}

/** More entries than these are kept in a map instead of an array. */
const maxDenseEntries = 1 << 16

/** The tables of one status, in declaration order: neighbours that depend on the same digits share one, and one look-up. */
export function stepTables(
  abstract: AbstractModel,
  status: string,
  watch: GuardWatcher,
): readonly StepTable[] {
  const tables: StepTable[] = []
  for (const plan of abstract.actions) {
    if ((plan.model.rulesByStatus.get(status) ?? []).length === 0) continue
    const support = supportOf(abstract, plan, status)
    const last = tables.at(-1)
    if (last !== undefined && last.support.join() === support.join()) last.plans.push(plan)
    else tables.push(new StepTable(abstract, plan, support, watch))
  }
  return tables
}

/** The steps of some actions in one status. */
export class StepTable {
  readonly plans: ActionPlan[]
  /** The digits that decide. */
  readonly support: Int32Array
  /** What each of them is worth in a key. */
  readonly weights: Float64Array
  readonly dense: (readonly StepGroup[] | undefined)[] | undefined
  readonly #sparse = new Map<number, readonly StepGroup[]>()
  readonly #abstract: AbstractModel
  readonly #watch: GuardWatcher

  constructor(abstract: AbstractModel, plan: ActionPlan, support: readonly number[], watch: GuardWatcher) {
    this.#abstract = abstract
    this.#watch = watch
    this.plans = [plan]
    this.support = Int32Array.from(support)
    let entries = 1
    this.weights = Float64Array.from(support, (digit) => {
      const weight = entries
      entries *= abstract.layout.radices[digit] ?? 1
      return weight
    })
    this.dense = entries <= maxDenseEntries ? Array.from({ length: entries }, () => undefined) : undefined
  }

  /** The key of a state. */
  keyOf(cells: Int32Array): number {
    const { support, weights } = this
    let key = 0
    for (let index = 0; index < support.length; index++)
      key += (cells[support[index] as number] as number) * (weights[index] as number)
    return key
  }

  /** The steps of a state. */
  groupsAt(key: number, cells: Int32Array): readonly StepGroup[] {
    const known = this.dense === undefined ? this.#sparse.get(key) : this.dense[key]
    if (known !== undefined) return known
    const groups = this.#compute(cells)
    if (this.dense === undefined) this.#sparse.set(key, groups)
    else this.dense[key] = groups
    return groups
  }

  #compute(cells: Int32Array): readonly StepGroup[] {
    return this.plans.flatMap((plan) => this.#computeAction(plan, cells))
  }

  /** Choices that come to the same are one: the first that is sure, or the first. */
  #computeAction(plan: ActionPlan, cells: Int32Array): readonly StepGroup[] {
    const { layout } = this.#abstract
    const before = pack(layout, cells)
    const groups = new Map<string, StepGroup>()
    for (let choice = 0; choice < plan.choices.length; choice++) {
      for (const step of takeAction(this.#abstract, plan, cells, choice, this.#watch)) {
        const ends = step.successors.map((successor) => pack(layout, successor))
        const low = ends.map((end) => end.low - before.low)
        const high = ends.map((end) => end.high - before.high)
        const key = `${step.rule.index} ${low.join()} ${high.join()}`
        const known = groups.get(key)
        if (known !== undefined && (isSure(known.edge) || !step.isSure)) continue
        groups.set(key, { edge: edgeOf(plan, step), low, high })
      }
    }
    return [...groups.values()]
  }
}

/** Whether an edge is sure. */
function isSure(edge: number): boolean {
  return (edge & edgeFacts.sure) !== 0
}

function edgeOf(plan: ActionPlan, { rule, choiceIndex, isSure, isProgress }: Step): number {
  const facts =
    (isSure ? edgeFacts.sure : 0) +
    (isProgress ? edgeFacts.progress : 0) +
    (plan.related.length === 0 ? edgeFacts.independent : 0)
  return (rule.labelBase + choiceIndex) * edgeUnit + facts
}

/** The digits that the fitting rules read or write. The status is the same for the whole table. */
function supportOf({ layout, model }: AbstractModel, plan: ActionPlan, status: string): readonly number[] {
  const names = new Set<string>()
  for (const { model: rule } of rulesIn(plan, status)) {
    if (rule.spec.guard !== undefined)
      for (const { name, kind } of pathsIn(rule.spec.guard)) if (kind === 'variable') names.add(name)
    for (const effect of rule.spec.effects) {
      if ('variable' in effect) names.add(effect.variable)
      if (effect.kind === 'spawn' && effect.storeField !== undefined) names.add(effect.storeField)
      const argument = effect.kind === 'spawn' ? effect.id : argumentOf(effect)
      if (argument?.kind === 'variable') names.add(argument.name)
    }
  }
  for (const param of plan.params) {
    const variable = model.variables.get(param.name)
    if (variable === undefined || assignsVariable(variable)) names.add(param.name)
    for (const choice of param.choices) {
      if (choice.kind === 'same') names.add(choice.variable)
      if (choice.kind === 'member') names.add(choice.list)
    }
  }
  return [...names].flatMap((name) => layout.digits.get(name) ?? []).sort((a, b) => a - b)
}
