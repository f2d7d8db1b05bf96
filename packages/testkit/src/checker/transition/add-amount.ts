import type { ValueType } from '@perdure/core'
import { numberIn } from '../abstraction/abstract-value.ts'
import type { AbstractValue } from '../abstraction/abstract-value.ts'
import { add, closed, isPoint, negate, stopAtZero } from '../abstraction/interval.ts'
import type { Change } from './change.ts'
import { fitType } from './fit-type.ts'

/** Adds or subtracts. A counter stops at 0; an amount that is no number of the variable's type fails. */
export function addAmount(
  type: ValueType,
  before: AbstractValue,
  amount: AbstractValue,
  direction: 1 | -1,
): Change {
  const isNothing = amount.kind === 'exact' && amount.value === null
  const fitting = isNothing ? { values: [], canFail: true } : fitType(type, amount)
  const current = before.kind === 'number' ? before.interval : closed(-Infinity, Infinity)
  const values = fitting.values.map((value) => {
    const step = value.kind === 'number' ? value.interval : closed(-Infinity, Infinity)
    const sum = add(current, direction === 1 ? step : negate(step))
    return numberIn(type === 'counter' ? stopAtZero(sum) : sum)
  })
  // The same step each time leaves any piece of the line at last.
  const isProgress = amount.kind === 'number' && isPoint(amount.interval) && amount.interval.low !== 0
  return { values, canFail: fitting.canFail, isProgress }
}
