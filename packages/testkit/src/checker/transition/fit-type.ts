// Whether an abstract value may be assigned to a variable of a type, and what becomes of it.
import { zeroOf } from '@perdure/core'
import type { ValueType } from '@perdure/core'
import { unknownValue } from '../abstraction/abstract-value.ts'
import type { AbstractValue } from '../abstraction/abstract-value.ts'
import { isPoint, notBelowZero } from '../abstraction/interval.ts'
import { fails, zeroAbstract } from './change.ts'
import type { Change } from './change.ts'

/** Assigns a value. Null means the type's zero; what does not fit fails. */
export function fitType(type: ValueType, value: AbstractValue): Change {
  if (value.kind === 'exact' && value.value === null) return becomes(zeroAbstract(zeroOf(type)))
  if (value.kind === 'unknown') return { values: [unknownValue], canFail: type !== 'json', isProgress: false }
  switch (type) {
    case 'json':
      return becomes(value)
    case 'bool':
      return value.kind === 'exact' && typeof value.value === 'boolean' ? becomes(value) : misfit(value)
    case 'string':
    case 'ref':
      return value.kind === 'text' || (value.kind === 'exact' && typeof value.value === 'string')
        ? becomes(value)
        : misfit(value)
    case 'list':
      return value.kind === 'list' ? becomes(value) : misfit(value)
    case 'set':
      // A list may hold repeats, which no set takes.
      return value.kind === 'list' ? { ...becomes(value), canFail: value.length.high > 1 } : misfit(value)
    case 'counter':
    case 'int':
    case 'number':
      return value.kind === 'number' ? fitNumber(type, value) : misfit(value)
  }
}

function fitNumber(type: ValueType, value: Extract<AbstractValue, { kind: 'number' }>): Change {
  if (type === 'number') return becomes(value)
  const { interval } = value
  if (isPoint(interval) && !Number.isInteger(interval.low)) return fails
  const fitting = type === 'counter' ? notBelowZero(interval) : interval
  if (fitting === undefined) return fails
  const isInteger = !interval.isLowOpen && !interval.isHighOpen
  return { ...becomes({ ...value, interval: fitting }), canFail: fitting !== interval || !isInteger }
}

function becomes(value: AbstractValue): Change {
  return { values: [value], canFail: false, isProgress: false }
}

/** Of JSON that is not told apart, some may fit. */
function misfit(value: AbstractValue): Change {
  return value.kind === 'other' ? { values: [unknownValue], canFail: true, isProgress: false } : fails
}
