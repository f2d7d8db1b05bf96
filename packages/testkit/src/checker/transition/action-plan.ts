// One action as the checker takes it: its rules, the params and related statuses that matter, and every choice of them
// that some guard can tell from another.
import type { ActionModel, Expression, ParamSpec, RuleModel, ValueType } from '@perdure/core'
import type { Domain } from '../abstraction/domain.ts'

/** What is given for one param. */
export type ParamChoice =
  | { readonly kind: 'absent' }
  | { readonly kind: 'null' }
  /** Some value of a cell of the param's domain, different from whatever it is compared with. */
  | { readonly kind: 'cell'; readonly cell: number }
  /** What a variable or field holds. */
  | { readonly kind: 'same'; readonly variable: string }
  /** What a param before it was given. */
  | { readonly kind: 'sameParam'; readonly param: string }
  /** An item of a list variable that the spec does not mention. */
  | { readonly kind: 'member'; readonly list: string }

/** A param that some rule looks at. */
export interface ParamPlan {
  readonly name: string
  readonly type: ValueType
  readonly domain: Domain
  readonly choices: readonly ParamChoice[]
}

/** A status of another entity that some rule looks at; null: there is none. */
export interface RelatedPlan {
  readonly expression: Extract<Expression, { kind: 'relatedStatus' }>
  /** `Type[path]`, which names it within the action. */
  readonly key: string
  readonly statuses: readonly (string | null)[]
}

/** One way to give an action's params and to find the other entities. */
export interface Choice {
  readonly params: readonly ParamChoice[]
  readonly related: readonly (string | null)[]
}

/** One rule and its place in the file. */
export interface RulePlan {
  readonly model: RuleModel
  /** Of all rules of the spec, in file order. */
  readonly index: number
  /** Edges carry `labelBase + index of the choice`. */
  readonly labelBase: number
}

/** One action. */
export interface ActionPlan {
  readonly name: string
  readonly model: ActionModel
  readonly rules: readonly RulePlan[]
  readonly params: readonly ParamPlan[]
  readonly related: readonly RelatedPlan[]
  readonly choices: readonly Choice[]
}

/** The rules that may apply in a status, in file order. */
export function rulesIn({ model, rules }: ActionPlan, status: string): readonly RulePlan[] {
  const fitting = model.rulesByStatus.get(status) ?? []
  return rules.filter((rule) => fitting.includes(rule.model))
}

/** The declarations of a param over all rules of an action. */
export function declarationsOf({ model }: Pick<ActionPlan, 'model'>, name: string): readonly ParamSpec[] {
  return model.params.get(name) ?? []
}

/** Every combination, the first element changing slowest. */
export function product<Element>(columns: readonly (readonly Element[])[]): readonly (readonly Element[])[] {
  let rows: readonly (readonly Element[])[] = [[]]
  for (const column of columns) rows = rows.flatMap((row) => column.map((element) => [...row, element]))
  return rows
}
