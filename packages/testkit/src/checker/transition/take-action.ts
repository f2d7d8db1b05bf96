// Asks an action of a state of cells: which rules may apply under each choice, and where they lead. The slow, plain form
// of a step; step-table remembers what it answers.
import type { AbstractModel } from '../abstraction/abstract-model.ts'
import type { Truth } from '../abstraction/truth.ts'
import { rulesIn } from './action-plan.ts'
import type { ActionPlan, Choice, RulePlan } from './action-plan.ts'
import { applyRule } from './apply-rule.ts'
import { evaluateTest } from './evaluate.ts'
import type { Surroundings } from './evaluate.ts'
import { choiceSurroundings, hasUnmentionedItem } from './surroundings.ts'

/** What one rule may do under one choice. */
export interface Step {
  readonly rule: RulePlan
  readonly choice: Choice
  /** Of the action's choices. */
  readonly choiceIndex: number
  /** Digits of each possible successor. */
  readonly successors: readonly (readonly number[])[]
  /** The command is accepted by this rule whatever the state's cells stand for. */
  readonly isSure: boolean
  /** When this leads back to the same cells, repeating it must in the end lead on. */
  readonly isProgress: boolean
}

/** Told of every guard that is asked. */
export type GuardWatcher = (rule: RulePlan, truth: Truth, choiceIndex: number) => void

/** All steps of one choice: none when the command is surely refused, several when it is not known which rule applies. */
export function takeAction(
  abstract: AbstractModel,
  plan: ActionPlan,
  cells: ArrayLike<number>,
  choiceIndex: number,
  watch?: GuardWatcher,
): readonly Step[] {
  const choice = plan.choices[choiceIndex]
  if (choice === undefined) return []
  const around = choiceSurroundings(abstract, plan, cells, choice)
  if (around === undefined) return []
  const steps: Step[] = []
  let isCertain = hasChosenMembers(abstract, choice, around)
  for (const rule of rulesIn(plan, around.status)) {
    const { guard } = rule.model.spec
    const truth = guard === undefined ? 'true' : evaluateTest(guard, around)
    watch?.(rule, truth, choiceIndex)
    if (truth === 'false') continue
    if (truth === 'unknown') isCertain = false
    if (!lacksParam(plan, rule, choice)) {
      const { successors, canFail, isProgress } = applyRule(abstract, plan, rule, cells, around, choice)
      const isSure = isCertain && !canFail
      if (successors.length > 0) steps.push({ rule, choice, choiceIndex, successors, isSure, isProgress })
    }
    if (truth === 'true') break
  }
  return steps
}

/** The rule that applies refuses a command without a param that it requires. */
function lacksParam({ params }: ActionPlan, { model }: RulePlan, choice: Choice): boolean {
  return params.some(({ name }, index) => {
    const kind = choice.params[index]?.kind
    return (kind === 'absent' || kind === 'null') && model.params.get(name)?.required === true
  })
}

/** Whether every list that a param is taken from surely has such an item. */
function hasChosenMembers({ model }: AbstractModel, choice: Choice, around: Surroundings): boolean {
  return choice.params.every(
    (chosen) =>
      chosen.kind !== 'member' ||
      hasUnmentionedItem(around.variable(chosen.list), model.variables.get(chosen.list)?.type === 'set'),
  )
}
