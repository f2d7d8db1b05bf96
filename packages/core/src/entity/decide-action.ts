// One action of the spec: which rule applies, whether its params are right, what its effects come to.
import type { JsonObject, JsonValue } from '../json/json-value.ts'
import { own } from '../json/own.ts'
import { explainFailure, formatFailingPart } from '../model/explain-failure.ts'
import type { Scope } from '../model/scope.ts'
import type { ActionModel, RuleModel } from '../model/transition-table.ts'
import type { ParamSpec } from '../spec/action-spec.ts'
import { isAssignable } from '../spec/state-variable.ts'
import { nameValue, typeProblem } from './check-type.ts'
import { fieldNameRefusal } from './decide-fields.ts'
import { isSensitive, reject, scopeBefore } from './deciding.ts'
import type { Deciding, Proposal } from './deciding.ts'
import { amountProblem, readAmounts } from './read-amounts.ts'
import type { Rejection } from './rejection.ts'
import { resolveEffects } from './resolve-effects.ts'
import { suggestName } from './suggest-name.ts'

/** Proposes the event of an action: the first rule in file order whose `from` fits and whose guard holds. */
export function decideAction(deciding: Deciding, name: string, params: JsonObject): Proposal | Rejection {
  const action = deciding.model.actions.get(name)
  if (action === undefined) return unknownAction(deciding, name)
  const rules = action.rulesByStatus.get(deciding.state.status) ?? []
  if (rules.length === 0) return wrongStatus(deciding, action)
  const problem = paramsProblem(deciding, action, params)
  if (problem !== undefined) return problem

  const rule = findRule(deciding, rules, params)
  if (rule === undefined) return guardFailed(deciding, rules, params)
  return (
    missingParam(deciding, rule, params) ??
    unfitAmount(deciding, rule, params) ??
    propose(deciding, rule, readAmounts(rule, params))
  )
}

function findRule(
  deciding: Deciding,
  rules: readonly RuleModel[],
  params: JsonObject,
): RuleModel | undefined {
  for (const rule of rules) {
    if (rule.guard === undefined || rule.guard(scopeFor(deciding, rule, params))) return rule
  }
  return undefined
}

/** The scope of a rule's guard, in which its amounts are numbers. */
function scopeFor(deciding: Deciding, rule: RuleModel, params: JsonObject): Scope {
  return scopeBefore(deciding, readAmounts(rule, params))
}

function propose(deciding: Deciding, rule: RuleModel, params: JsonObject): Proposal | Rejection {
  const to = rule.spec.to ?? deciding.state.status
  const effects = resolveEffects(deciding, rule, params)
  if ('code' in effects) return effects
  const { transient } = rule
  return transient === undefined ? { to, params, effects } : { to, params, effects, transient }
}

function unknownAction(deciding: Deciding, name: string): Rejection {
  const known = [...deciding.model.actions.keys()]
  const near = suggestName(name, known)
  const hint = near === undefined ? `its actions are ${known.join(', ') || 'none'}` : `did you mean ${near}?`
  return reject(deciding, 'unknown_action', `is not an action of ${deciding.model.name}; ${hint}`)
}

function wrongStatus(deciding: Deciding, action: ActionModel): Rejection {
  const { state, model } = deciding
  if (model.terminal.has(state.status)) {
    return reject(deciding, 'wrong_status', `is not possible: ${state.status} is a terminal status`)
  }
  const from = Array.from(action.rulesByStatus).flatMap(([status, rules]) =>
    rules.length > 0 ? [status] : [],
  )
  return reject(
    deciding,
    'wrong_status',
    `is not possible in ${state.status}; it is possible in ${from.join(', ') || 'no status'}`,
  )
}

function missingParam(deciding: Deciding, rule: RuleModel, params: JsonObject): Rejection | undefined {
  for (const { name, type, required } of rule.spec.params) {
    if (!required || (own(params, name) ?? null) !== null) continue
    return reject(deciding, 'missing_param', `needs param "${name}" (${type}), which was not given`)
  }
  return undefined
}

/** What another rule of the action would take may still be no amount to this one. */
function unfitAmount(deciding: Deciding, rule: RuleModel, params: JsonObject): Rejection | undefined {
  for (const param of rule.amounts ?? []) {
    const value = own(params, param.name) ?? null
    const problem = paramProblem(deciding, param, value)
    if (problem !== undefined) return wrongType(deciding, param.name, value, problem)
  }
  return undefined
}

/** Names first, then types; a param declared with different types by several rules may have any of them. */
function paramsProblem(deciding: Deciding, action: ActionModel, params: JsonObject): Rejection | undefined {
  const { spec } = deciding.model
  // Params are a plain object of our own making: `for … in` makes no list of entries.
  for (const name in params) {
    const value = params[name] as JsonValue
    const isDeclared = action.params.has(name)
    if (!isDeclared && spec.strictActionParams) return undeclaredParam(deciding, action, name)
    const misnamed = isDeclared ? undefined : fieldNameRefusal(deciding, name)
    if (misnamed !== undefined) return misnamed
    const problem = declaredProblem(deciding, action, name, value)
    if (problem !== undefined) return wrongType(deciding, name, value, problem)
  }
  return undefined
}

function wrongType(deciding: Deciding, name: string, value: JsonValue, problem: string): Rejection {
  const given = nameValue(value, isSensitive(deciding, name))
  return reject(deciding, 'wrong_param_type', `param "${name}" ${problem}, and was given ${given}`)
}

/** Why a value fits no declaration of the param, as the first of them says; undefined when it fits one, or there is none. */
function declaredProblem(
  deciding: Deciding,
  action: ActionModel,
  name: string,
  value: JsonValue,
): string | undefined {
  const { variables, limits } = deciding.model
  const declared = action.params.get(name)
  if (declared === undefined) {
    const variable = variables.get(name)
    return variable === undefined ? undefined : typeProblem(variable.type, value, limits)
  }
  let first: string | undefined
  for (const param of declared) {
    const problem = paramProblem(deciding, param, value)
    if (problem === undefined) return undefined
    first ??= problem
  }
  return first
}

/** A param that assigns a variable has the variable's type, whatever its rule says. */
function paramProblem({ model }: Deciding, param: ParamSpec, value: JsonValue): string | undefined {
  const variable = model.variables.get(param.name)
  const type = variable !== undefined && isAssignable(variable) ? variable.type : param.type
  return param.amount === true
    ? amountProblem(type, value, model.limits)
    : typeProblem(type, value, model.limits)
}

function undeclaredParam(deciding: Deciding, action: ActionModel, name: string): Rejection {
  const known = [...action.params.keys()]
  const near = suggestName(name, known)
  const hint = near === undefined ? `it takes ${known.join(', ') || 'none'}` : `did you mean "${near}"?`
  return reject(deciding, 'undeclared_param', `has no param "${name}"; ${hint}`)
}

function guardFailed(deciding: Deciding, rules: readonly RuleModel[], params: JsonObject): Rejection {
  const parts = rules.flatMap((rule) =>
    rule.spec.guard === undefined
      ? []
      : [
          explainFailure(rule.spec.guard, scopeFor(deciding, rule, params), (name) =>
            isSensitive(deciding, name),
          ),
        ],
  )
  const text = parts.map(formatFailingPart).join('; ')
  const rejection = reject(deciding, 'guard_failed', `is not possible now: ${text}`)
  const [failing] = parts
  return failing === undefined ? rejection : { ...rejection, failing }
}
