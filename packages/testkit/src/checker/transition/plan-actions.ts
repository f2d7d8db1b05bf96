// Model → action plans: decides which params matter and which values of them to try.
import type { ActionModel, EntityModel, EntitySpec, Expression } from '@perdure/core'
import { argumentOf, pathsIn, relatedIn } from '../abstraction/cone.ts'
import { itemPlace, lengthPlace, paramPlace } from '../abstraction/constant-classes.ts'
import type { ConstantClasses } from '../abstraction/constant-classes.ts'
import { makeDomain } from '../abstraction/domain.ts'
import type { Domain } from '../abstraction/domain.ts'
import { relatedPlace } from '../abstraction/gather-constants.ts'
import { assignsVariable, paramType } from '../abstraction/param-roles.ts'
import { declarationsOf, product } from './action-plan.ts'
import type { ActionPlan, ParamChoice, ParamPlan, RelatedPlan, RulePlan } from './action-plan.ts'
import { findPartners } from './find-partners.ts'

/** What plans are made from. */
export interface Planning {
  readonly model: EntityModel
  readonly classes: ConstantClasses
  readonly kept: ReadonlySet<string>
  readonly margin: number
  /** Other entity types whose specs are at hand, by name. */
  readonly others: ReadonlyMap<string, EntitySpec>
}

/** Combinations of params beyond these are not tried one by one: the check is inconclusive. */
const maxChoices = 50_000

/** A label and its facts are one 32-bit integer. */
const maxLabels = 2 ** 27

/** Plans every action; a text says which action has too many choices. */
export function planActions(planning: Planning): readonly ActionPlan[] | string {
  const { model } = planning
  const indexes = new Map(model.spec.actions.map((spec, index) => [spec, index]))
  const plans: ActionPlan[] = []
  let label = 0
  for (const action of model.actions.values()) {
    const params = relevantParams(planning, action).map((name) => planParam(planning, action, name))
    const related = planRelated(planning, action)
    const columns = [...params.map(({ choices }) => choices), ...related.map(({ statuses }) => statuses)]
    const count = columns.reduce((total, column) => total * column.length, 1)
    if (count > maxChoices) return `${action.name} has ${count} combinations of params to try`
    const choices = product(params.map(({ choices }) => choices)).flatMap((given) =>
      product(related.map(({ statuses }) => statuses)).map((found) => ({ params: given, related: found })),
    )
    const rules = action.rules.map((rule): RulePlan => {
      const labelBase = label
      label += choices.length
      return { model: rule, index: indexes.get(rule.spec) ?? -1, labelBase }
    })
    if (label > maxLabels) return `its rules have more than ${maxLabels} combinations of params to try`
    plans.push({ name: action.name, model: action, rules, params, related, choices })
  }
  return plans
}

function relevantParams({ model, kept }: Planning, action: ActionModel): readonly string[] {
  const read = new Set<string>()
  for (const { spec } of action.rules) {
    if (spec.guard !== undefined)
      for (const path of pathsIn(spec.guard)) if (path.kind === 'param') read.add(path.name)
    for (const effect of spec.effects) {
      const target = 'variable' in effect ? effect.variable : undefined
      const argument = effect.kind === 'spawn' ? effect.id : argumentOf(effect)
      const isKept = kept.has(target ?? (effect.kind === 'spawn' ? (effect.storeField ?? '') : ''))
      if (argument?.kind === 'param' && isKept) read.add(argument.name)
    }
  }
  return [...action.params.keys()].filter((name) => read.has(name) || sets(model, kept, name))
}

/** Whether a param gives its value to a slot of its name. */
function sets(model: EntityModel, kept: ReadonlySet<string>, name: string): boolean {
  const variable = model.variables.get(name)
  return kept.has(name) && (variable === undefined || assignsVariable(variable))
}

function planParam(planning: Planning, action: ActionModel, name: string): ParamPlan {
  const { classes, margin, model, kept } = planning
  const place = paramPlace(action.name, name)
  const type = paramType(model, action, name)
  const domain = makeDomain({
    type,
    isNullable: false,
    constants: classes.constantsOf(place) ?? [],
    lengths: numbersOf(classes.constantsOf(lengthPlace(place))),
    members: classes.constantsOf(itemPlace(place)) ?? [],
    margin,
  })
  const declarations = declarationsOf({ model: action }, name)
  const isRequired =
    declarations.length === action.rules.length && declarations.every(({ required }) => required)
  const none: readonly ParamChoice[] = isRequired ? [] : [{ kind: 'absent' }]
  const nothing: readonly ParamChoice[] = !isRequired && sets(model, kept, name) ? [{ kind: 'null' }] : []
  const partners = findPartners(model, action, name).filter(
    (partner) =>
      partner.kind === 'sameParam' || kept.has('list' in partner ? partner.list : partner.variable),
  )
  return { name, type, domain, choices: [...none, ...nothing, ...cellChoices(domain), ...partners] }
}

function cellChoices({ values }: Domain): readonly ParamChoice[] {
  return values.flatMap((value, cell): ParamChoice[] =>
    value.kind === 'exact' && value.value === null ? [] : [{ kind: 'cell', cell }],
  )
}

function numbersOf(constants: readonly unknown[] | undefined): readonly number[] | undefined {
  return constants?.filter((constant) => typeof constant === 'number')
}

/** The statuses to tell apart: none, each that is compared with, and one that is not. */
function planRelated({ classes, others }: Planning, action: ActionModel): readonly RelatedPlan[] {
  const plans = new Map<string, RelatedPlan>()
  const guards = action.rules.flatMap(({ spec }) => (spec.guard === undefined ? [] : [spec.guard]))
  for (const expression of guards.flatMap(relatedIn)) {
    const key = relatedKeyOf(expression)
    if (plans.has(key)) continue
    const constants = (classes.constantsOf(relatedPlace(action.name, expression)) ?? []).filter(
      (constant) => typeof constant === 'string',
    )
    plans.set(key, { expression, key, statuses: [null, ...statusesOf(expression, constants, others)] })
  }
  return [...plans.values()]
}

function statusesOf(
  { entityType }: Extract<Expression, { kind: 'relatedStatus' }>,
  constants: readonly string[],
  others: ReadonlyMap<string, EntitySpec>,
): readonly string[] {
  const other = others.get(entityType)
  if (other === undefined) return [...constants, unmentioned(constants)]
  const rest = other.states.filter((state) => !constants.includes(state))
  return [...constants.filter((constant) => other.states.includes(constant)), ...rest.slice(0, 1)]
}

function unmentioned(constants: readonly string[]): string {
  let name = 'AnyOther'
  while (constants.includes(name)) name += '_'
  return name
}

/** Names a related status within an action. */
export function relatedKeyOf({ entityType, path }: Extract<Expression, { kind: 'relatedStatus' }>): string {
  return `${entityType}[${path.kind} ${path.name}]`
}
