// Effect statements → facts. Each statement sees what the ones before it did; ids and times are made here, once, and
// recorded, so that replay never makes one up.
import { assertNever } from '../errors/assert-never.ts'
import { noCeilings } from '../fields/field-policy.ts'
import type { JsonObject, JsonValue } from '../json/json-value.ts'
import { nestsWithin } from '../json/nests-within.ts'
import { own } from '../json/own.ts'
import { valuesEqual } from '../model/compare-values.ts'
import type { RuleModel } from '../model/transition-table.ts'
import type { Effect, EffectArgument, VariableEffect } from '../spec/effect.ts'
import type { StateVariable } from '../spec/state-variable.ts'
import { isAssignable, zeroOf } from '../spec/state-variable.ts'
import { applyEffect } from './apply-effect.ts'
import { nameValue, typeProblem } from './check-type.ts'
import { assignFromParam } from './decide-fields.ts'
import { kindOf } from './declare.ts'
import { reject, scopeBefore, scopeOfDraft } from './deciding.ts'
import type { Deciding } from './deciding.ts'
import { Draft } from './draft.ts'
import type { ResolvedEffect } from './event.ts'
import type { Rejection } from './rejection.ts'
import { isSensitiveArgument, readArgument } from './resolving.ts'
import type { Resolving } from './resolving.ts'
import { resolveHostEffect } from './resolve-host-effect.ts'

/** What a statement comes to: facts (none when it changes nothing), or the reason it cannot be carried out. */
type Resolution = readonly ResolvedEffect[] | string

/**
 * Resolves the effects of a rule in order, then assigns the params that are named like variables and that no effect
 * wrote.
 */
export function resolveEffects(
  deciding: Deciding,
  rule: RuleModel,
  params: JsonObject,
): readonly ResolvedEffect[] | Rejection {
  const { model, state, context, needs, action } = deciding
  const { effects } = rule.spec
  // A statement that nothing follows may look at the state itself: nobody sees what it would do to a draft.
  const draft = effects.length > 1 ? new Draft(state, noCeilings) : undefined
  const held = draft ?? state
  const scope = draft === undefined ? scopeBefore(deciding, params) : scopeOfDraft(deciding, draft, params)
  // Written out: spreading an object and adding to it costs 2 µs, half of a decision (bench/b08).
  const resolving: Resolving = { model, state, context, needs, action, params, held, scope }
  const resolved: ResolvedEffect[] = []
  const origin = { params, sequence: state.version + 1, at: context.now }
  for (const effect of effects) {
    const resolution = resolveEffect(resolving, effect)
    if (typeof resolution === 'string')
      return reject(deciding, 'effect_failed', `cannot be carried out: ${resolution}`)
    for (const fact of resolution) {
      if (draft !== undefined) applyEffect(draft, origin, fact)
      resolved.push(fact)
    }
  }
  assignParams(resolved, deciding, rule, params)
  return resolved
}

function resolveEffect(resolving: Resolving, effect: Effect): Resolution {
  if (!('variable' in effect)) return resolveHostEffect(resolving, effect)
  const variable = resolving.model.variables.get(effect.variable)
  if (variable === undefined) return `${effect.variable} is no variable`
  return resolveVariableEffect(resolving, variable, effect)
}

function resolveVariableEffect(
  resolving: Resolving,
  variable: StateVariable,
  effect: VariableEffect,
): Resolution {
  const { name } = variable
  switch (effect.kind) {
    case 'assign':
      return resolveAssign(resolving, variable, effect.value)
    case 'add':
      return resolveAmount(resolving, variable, effect.amount, 1)
    case 'subtract':
      return resolveAmount(resolving, variable, effect.amount, -1)
    case 'append':
      return resolveAppend(resolving, variable, readArgument(resolving, effect.item))
    case 'remove': {
      const item = readArgument(resolving, effect.item)
      const index = listOf(resolving, name).findIndex((other) => valuesEqual(other, item))
      return index === -1 ? [] : [[name, 'removeAt', index]]
    }
    case 'removeAt': {
      const index = readArgument(resolving, effect.index)
      const { length } = listOf(resolving, name)
      if (Number.isSafeInteger(index) && (index as number) >= 0 && (index as number) < length)
        return [[name, 'removeAt', index as number]]
      const shown = nameValue(index, isSensitiveArgument(resolving, effect.index))
      return `${name} has ${length} items, none at ${shown}`
    }
    case 'clear':
      return kindOf(variable.type) === 'list' ? [[name, 'clear']] : [[name, '=', zeroOf(variable.type)]]
    default:
      return assertNever(effect)
  }
}

/** Appends, a set only what it lacks. The one effect that can make a value deeper than what came in. */
function resolveAppend(resolving: Resolving, { name, type }: StateVariable, item: JsonValue): Resolution {
  if (item === null) return `${name} cannot take an item that was not given`
  const { maxListItems, maxNestingDepth } = resolving.model.limits
  if (!nestsWithin(item, maxNestingDepth - 1))
    return `${name} cannot nest deeper than ${maxNestingDepth} levels`
  const items = listOf(resolving, name)
  if (type === 'set' && items.some((other) => valuesEqual(other, item))) return []
  return items.length < maxListItems
    ? [[name, 'append', item]]
    : `${name} may hold at most ${maxListItems} items`
}

function resolveAssign(resolving: Resolving, variable: StateVariable, argument: EffectArgument): Resolution {
  const { name, type } = variable
  const value = readArgument(resolving, argument)
  const problem = typeProblem(type, value, resolving.model.limits)
  if (problem !== undefined) {
    const isMasked = variable.sensitive || isSensitiveArgument(resolving, argument)
    return `${name} ${problem}, and would become ${nameValue(value, isMasked)}`
  }
  if (value === null) return [[name, '=', zeroOf(type)]]
  // A large param is in the event already; the effect points at it.
  const isParam = kindOf(type) === 'field' && argument.kind === 'param'
  return isParam ? [[name, 'param', argument.name]] : [[name, '=', value]]
}

/** Adds or subtracts. A counter stops at 0; results beyond the safe integers are refused, not rounded. */
function resolveAmount(
  resolving: Resolving,
  variable: StateVariable,
  argument: EffectArgument,
  direction: 1 | -1,
): Resolution {
  const { name, type } = variable
  const { held, model } = resolving
  const isMasked = variable.sensitive || isSensitiveArgument(resolving, argument)
  const amount = readArgument(resolving, argument)
  // An amount has to be of the variable's type too: adding 0.4 to a large int would be lost in rounding.
  const unfit = amount === null ? 'must be a number' : typeProblem(type, amount, model.limits)
  if (unfit !== undefined) return `${name} cannot change by ${nameValue(amount, isMasked)}: it ${unfit}`
  const before = own(held.counters, name) ?? own(held.numbers, name) ?? 0
  const result = before + direction * (amount as number)
  if (type === 'counter' && result < 0) return before === 0 ? [] : [[name, '-', before]]
  const problem = typeProblem(type, result, model.limits)
  if (problem !== undefined) return `${name} ${problem}, and would become ${nameValue(result, isMasked)}`
  return [[name, direction === 1 ? '+' : '-', amount as number]]
}

function listOf({ held }: Resolving, name: string): readonly JsonValue[] {
  return own(held.lists, name) ?? []
}

/** A param named like a variable assigns it, unless an effect wrote the variable or the param stays out of fields. */
function assignParams(
  resolved: ResolvedEffect[],
  { model }: Deciding,
  rule: RuleModel,
  params: JsonObject,
): void {
  for (const name in params) {
    const variable = model.variables.get(name)
    if (variable === undefined || !isAssignable(variable)) continue
    const isKeptOut = rule.written.has(name) || rule.transient?.includes(name) === true
    if (!isKeptOut) resolved.push(assignFromParam(variable, params[name] as JsonValue))
  }
}
