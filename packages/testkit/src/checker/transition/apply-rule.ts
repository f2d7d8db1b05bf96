// What a rule does to a state of cells: every state it may lead to, whether it may fail, and whether doing it again and
// again must lead on. Follows core's resolve-effects statement by statement.
import { zeroOf } from '@perdure/core'
import type { Effect, EffectArgument, Literal, ValueType, VariableEffect } from '@perdure/core'
import type { AbstractModel } from '../abstraction/abstract-model.ts'
import { anyText, exactly, nullValue } from '../abstraction/abstract-value.ts'
import type { AbstractValue } from '../abstraction/abstract-value.ts'
import { compareAbstract } from '../abstraction/compare-abstract.ts'
import { argumentOf } from '../abstraction/cone.ts'
import { cellsFor } from '../abstraction/domain.ts'
import { closed } from '../abstraction/interval.ts'
import { assignsVariable } from '../abstraction/param-roles.ts'
import { not, truthOf } from '../abstraction/truth.ts'
import type { Truth } from '../abstraction/truth.ts'
import type { ActionPlan, Choice, RulePlan } from './action-plan.ts'
import { addAmount } from './add-amount.ts'
import type { Surroundings } from './evaluate.ts'
import { fitType } from './fit-type.ts'
import { zeroAbstract } from './change.ts'
import type { Change } from './change.ts'
import { appendTo, removeAtFrom, removeFrom } from './change-list.ts'
import { valueIn } from './surroundings.ts'

/** Where a rule may lead. */
export interface Application {
  /** Digits of each possible successor, each once; empty when the rule surely fails. */
  readonly successors: readonly (readonly number[])[]
  readonly canFail: boolean
  readonly isProgress: boolean
}

/** One application under way. */
interface Applying {
  readonly abstract: AbstractModel
  readonly plan: ActionPlan
  readonly around: Surroundings
  readonly applied: Set<string>
}

/** Applies a rule under a choice. */
export function applyRule(
  abstract: AbstractModel,
  plan: ActionPlan,
  rule: RulePlan,
  cells: ArrayLike<number>,
  around: Surroundings,
  choice: Choice,
): Application {
  const { spec, written, transient } = rule.model
  const applying: Applying = { abstract, plan, around, applied: new Set() }
  const start = Array.from(cells)
  if (spec.to !== undefined) start[0] = abstract.spec.states.indexOf(spec.to)
  let result: Application = { successors: [start], canFail: false, isProgress: true }

  for (const effect of spec.effects) result = applyEffect(applying, result, effect)
  for (const [index, { name }] of plan.params.entries()) {
    const kind = choice.params[index]?.kind ?? 'absent'
    if (kind === 'absent' || transient?.includes(name) === true) continue
    const variable = abstract.model.variables.get(name)
    if (variable === undefined) {
      const values = [kind === 'null' ? nullValue : around.param(name)]
      result = changeSlot(abstract, result, name, () => ({ values, canFail: false, isProgress: false }))
    } else if (assignsVariable(variable) && !written.has(name)) {
      result = changeSlot(abstract, result, name, () => fitType(variable.type, around.param(name)))
    }
  }
  return result
}

function applyEffect(applying: Applying, result: Application, effect: Effect): Application {
  const { abstract, applied } = applying
  if (!('variable' in effect)) return applyHostEffect(applying, result, effect)
  const variable = abstract.model.variables.get(effect.variable)
  if (variable === undefined) return { ...result, successors: [] }
  const changed = abstract.layout.digits.has(effect.variable)
    ? changeSlot(abstract, result, effect.variable, (cells) =>
        changeOf(applying, effect, variable.type, cells),
      )
    : failWith(result, (cells) => failureOf(applying, effect, variable.type, cells))
  applied.add(effect.variable)
  return changed
}

/** A statement on a variable that is left out leads nowhere else, but it may fail. */
function failWith(result: Application, failure: (cells: readonly number[]) => Truth): Application {
  let { canFail } = result
  const successors = result.successors.filter((cells) => {
    const truth = failure(cells)
    canFail ||= truth !== 'false'
    return truth !== 'true'
  })
  return { ...result, successors, canFail }
}

function failureOf(
  applying: Applying,
  effect: VariableEffect,
  type: ValueType,
  cells: readonly number[],
): Truth {
  const argument = argumentOf(effect)
  const { plan, abstract } = applying
  if (argument === undefined) return 'false'
  // A param that no rule looks at is given as the rule needs it.
  if (argument.kind === 'param' && !plan.params.some(({ name }) => name === argument.name)) return 'false'
  if (argument.kind === 'variable' && !abstract.layout.digits.has(argument.name)) {
    return abstract.model.variables.get(argument.name)?.type === type || type === 'json' ? 'false' : 'unknown'
  }
  const value = readArgument(applying, argument, cells)
  const isNothing = value.kind === 'exact' && value.value === null
  if (effect.kind === 'remove') return 'false'
  if (isNothing) return truthOf(effect.kind !== 'assign')
  if (effect.kind === 'append') return 'false'
  const { values, canFail } = fitType(type, value)
  return values.length === 0 ? 'true' : canFail ? 'unknown' : 'false'
}

function changeOf(
  applying: Applying,
  effect: VariableEffect,
  type: ValueType,
  cells: readonly number[],
): Change {
  const before = valueIn(applying.abstract.layout, cells, effect.variable)
  const read = (argument: EffectArgument): AbstractValue => readArgument(applying, argument, cells)
  // Once the list has changed, "one of its items" no longer says whether it is one.
  const listName = applying.applied.has(effect.variable) ? undefined : effect.variable
  switch (effect.kind) {
    case 'assign':
      return fitType(type, read(effect.value))
    case 'add':
      return addAmount(type, before, read(effect.amount), 1)
    case 'subtract':
      return addAmount(type, before, read(effect.amount), -1)
    case 'append':
      return appendTo(before, read(effect.item), type === 'set', listName)
    case 'remove':
      return removeFrom(before, read(effect.item), type === 'set', listName)
    case 'removeAt':
      return removeAtFrom(before, read(effect.index))
    case 'clear':
      return { values: [zeroValue(type, before)], canFail: false, isProgress: false }
  }
}

function zeroValue(type: ValueType, before: AbstractValue): AbstractValue {
  return before.kind === 'list' ? emptyListLike(before) : zeroAbstract(zeroOf(type))
}

function emptyListLike({ members }: Extract<AbstractValue, { kind: 'list' }>): AbstractValue {
  const none = new Map<Literal, boolean>([...members.keys()].map((literal) => [literal, false]))
  return { kind: 'list', length: closed(0, 0), members: none }
}

/** Statements see what the ones before them did. */
function readArgument(
  { abstract, around, applied }: Applying,
  argument: EffectArgument,
  cells: readonly number[],
): AbstractValue {
  switch (argument.kind) {
    case 'literal':
      return exactly(argument.value)
    case 'param':
      return around.param(argument.name)
    case 'variable':
      return applied.has(argument.name)
        ? valueIn(abstract.layout, cells, argument.name)
        : around.variable(argument.name)
  }
}

function applyHostEffect(applying: Applying, result: Application, effect: Effect): Application {
  if (effect.kind === 'schedule')
    return failWith(result, (cells) => isNoTime(applying, effect.seconds, cells))
  if (effect.kind !== 'spawn' || effect.storeField === undefined) return result
  const { storeField, id } = effect
  if (!applying.abstract.layout.digits.has(storeField)) return result
  return changeSlot(applying.abstract, result, storeField, (cells) => ({
    values: [id === undefined ? anyText : readArgument(applying, id, cells)],
    canFail: false,
    isProgress: false,
  }))
}

/** Nothing can be scheduled for the past, or for no time at all. */
function isNoTime(
  { plan, abstract, ...applying }: Applying,
  seconds: EffectArgument,
  cells: readonly number[],
): Truth {
  if (seconds.kind === 'param' && !plan.params.some(({ name }) => name === seconds.name)) return 'false'
  if (seconds.kind === 'variable' && !abstract.layout.digits.has(seconds.name))
    return abstract.model.variables.get(seconds.name)?.type === 'counter' ? 'false' : 'unknown'
  const value = readArgument({ plan, abstract, ...applying }, seconds, cells)
  return not(compareAbstract('>=', value, exactly(0)))
}

/** Applies a change to one slot of every successor so far. */
function changeSlot(
  { layout }: AbstractModel,
  result: Application,
  name: string,
  change: (cells: readonly number[]) => Change,
): Application {
  const digit = layout.digits.get(name)
  const domain = digit === undefined ? undefined : layout.slots[digit - 1]?.domain
  if (digit === undefined || domain === undefined) return result
  const successors = new Map<string, readonly number[]>()
  let { canFail, isProgress } = result
  for (const cells of result.successors) {
    const changed = change(cells)
    const next = new Set(changed.values.flatMap((value) => cellsFor(domain, value)))
    canFail ||= changed.canFail || next.size === 0
    isProgress &&= next.size <= 1 || changed.isProgress
    for (const cell of next) {
      const successor = cells.with(digit, cell)
      successors.set(successor.join(), successor)
    }
  }
  return { successors: [...successors.values()], canFail, isProgress }
}
