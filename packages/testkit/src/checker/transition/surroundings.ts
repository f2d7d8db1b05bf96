// What guards and effects of one choice see: the cells of a state, the chosen params, the statuses found.
import { own } from '@perdure/core'
import type { AbstractModel } from '../abstraction/abstract-model.ts'
import { anyText, exactly, from, nullValue, unknownValue } from '../abstraction/abstract-value.ts'
import type { AbstractValue } from '../abstraction/abstract-value.ts'
import type { Layout } from '../abstraction/layout.ts'
import type { ActionPlan, Choice, ParamChoice } from './action-plan.ts'
import type { Surroundings } from './evaluate.ts'
import { relatedKeyOf } from './plan-actions.ts'

/** The value of a slot. */
export function valueIn({ slots, digits }: Layout, cells: ArrayLike<number>, name: string): AbstractValue {
  const digit = digits.get(name)
  if (digit === undefined) return unknownValue
  return slots[digit - 1]?.domain.values[cells[digit] ?? -1] ?? unknownValue
}

/** Surroundings of an invariant: no params, and other entities are not known. */
export function stateSurroundings(layout: Layout, cells: ArrayLike<number>): Surroundings {
  return {
    status: layout.statuses[cells[0] ?? -1] ?? '',
    variable: (name) => from({ kind: 'variable', name }, valueIn(layout, cells, name)),
    param: () => nullValue,
    related: () => unknownValue,
  }
}

/** Surroundings of an action under a choice; undefined when the choice makes no sense in this state. */
export function choiceSurroundings(
  { layout }: AbstractModel,
  plan: ActionPlan,
  cells: ArrayLike<number>,
  choice: Choice,
): Surroundings | undefined {
  const state = stateSurroundings(layout, cells)
  const given: Record<string, AbstractValue> = {}
  for (const index of inOrder(plan, choice)) {
    const param = plan.params[index]
    const chosen = choice.params[index]
    if (param === undefined || chosen === undefined) continue
    const value = valueOfChoice(chosen, plan, index, state, given)
    if (value === undefined) return undefined
    given[param.name] = value
  }
  const found = Object.fromEntries(plan.related.map(({ key }, index) => [key, choice.related[index] ?? null]))
  return {
    ...state,
    param: (name) => own(given, name) ?? unknownValue,
    related: (expression) => exactly(own(found, relatedKeyOf(expression)) ?? null),
  }
}

/** Params that take another's value come last. */
function inOrder({ params }: ActionPlan, choice: Choice): readonly number[] {
  const indexes = params.map((_, index) => index)
  const isLate = (index: number): boolean => choice.params[index]?.kind === 'sameParam'
  return [
    ...indexes.filter((index) => !isLate(index)),
    ...indexes.filter(isLate).sort((a, b) => ((params[a]?.name ?? '') < (params[b]?.name ?? '') ? -1 : 1)),
  ]
}

function valueOfChoice(
  chosen: ParamChoice,
  plan: ActionPlan,
  index: number,
  state: Surroundings,
  given: Readonly<Record<string, AbstractValue>>,
): AbstractValue | undefined {
  const param = plan.params[index]
  switch (chosen.kind) {
    case 'absent':
    case 'null':
      return nullValue
    case 'cell': {
      const value = param?.domain.values[chosen.cell] ?? unknownValue
      const hasPartner = param?.choices.some(({ kind }) => ['same', 'sameParam', 'member'].includes(kind))
      return hasPartner === true ? from({ kind: 'fresh', param: param?.name ?? '' }, value) : value
    }
    case 'same':
      return roughOnly(state.variable(chosen.variable))
    case 'sameParam': {
      const value = own(given, chosen.param)
      return value === undefined ? undefined : roughOnly(value)
    }
    case 'member': {
      const list = state.variable(chosen.list)
      if (list.kind !== 'list' || list.length.high === 0) return undefined
      return from({ kind: 'member', list: chosen.list }, memberOf(param?.domain.values ?? []))
    }
  }
}

/** An exact value is among the cells already; choosing it twice would only repeat a step. */
function roughOnly(value: AbstractValue): AbstractValue | undefined {
  return 'origin' in value && value.origin !== undefined ? value : undefined
}

/** An item that is none of the literals which are told apart. */
function memberOf(values: readonly AbstractValue[]): AbstractValue {
  const texts = values.filter((value) => value.kind === 'text')
  const [first] = texts
  if (first === undefined) return values.find((value) => value.kind === 'other' && !value.isEmpty) ?? anyText
  return { ...first, length: { ...first.length, high: texts.at(-1)?.length.high ?? Infinity } }
}

/** Whether a list surely has an item that the spec does not mention. */
export function hasUnmentionedItem(list: AbstractValue, isSet: boolean): boolean {
  if (list.kind !== 'list') return false
  const mentioned = [...list.members.values()].filter(Boolean).length
  return mentioned === 0 ? list.length.low > 0 : isSet && list.length.low > mentioned
}
