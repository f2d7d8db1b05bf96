import { assertNever } from '@perdure/core'
import type { JsonValue, ValueType } from '@perdure/core'

/** Where a value comes from: it is known, or its type is. */
export type ValueSource = { readonly literal: JsonValue } | { readonly type: ValueType }

/** Why a value does not fit a variable of this type, in words that follow "it is a …:"; undefined when it fits. */
export function assignFault(to: ValueType, from: ValueSource): string | undefined {
  return 'literal' in from ? literalFault(to, from.literal) : typeFault(to, from.type)
}

const accepted: Readonly<Record<ValueType, readonly ValueType[]>> = {
  string: ['string', 'ref'],
  ref: ['ref', 'string'],
  int: ['int', 'counter'],
  counter: ['counter', 'int'],
  number: ['number', 'int', 'counter'],
  bool: ['bool'],
  list: ['list', 'set'],
  set: ['set', 'list'],
  json: ['string', 'ref', 'int', 'counter', 'number', 'bool', 'list', 'set', 'json'],
}

function typeFault(to: ValueType, from: ValueType): string | undefined {
  return from === 'json' || accepted[to].includes(from) ? undefined : `a ${from} does not fit`
}

function literalFault(to: ValueType, value: JsonValue): string | undefined {
  switch (to) {
    case 'string':
      return typeof value === 'string' ? undefined : 'it needs a string'
    case 'bool':
      return typeof value === 'boolean' ? undefined : 'it needs true or false'
    case 'number':
      return typeof value === 'number' ? undefined : 'it needs a number'
    case 'int':
      return Number.isSafeInteger(value) ? undefined : 'it needs an integer'
    case 'counter':
      return Number.isSafeInteger(value) && Number(value) >= 0
        ? undefined
        : 'it needs an integer that is not negative'
    case 'ref':
      return value === null || typeof value === 'string' ? undefined : 'it needs an id, a string'
    case 'list':
    case 'set':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
        ? undefined
        : 'it needs an array of strings'
    case 'json':
      return undefined
    default:
      return assertNever(to)
  }
}
