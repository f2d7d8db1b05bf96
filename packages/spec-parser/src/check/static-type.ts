import type { Literal, ValueType } from '@perdure/core'

/** What is known of a value before it exists. `any`: nothing. */
export type StaticType = 'string' | 'number' | 'boolean' | 'list' | 'null' | 'any'

const types: Readonly<Record<ValueType, StaticType>> = {
  string: 'string',
  ref: 'string',
  int: 'number',
  number: 'number',
  counter: 'number',
  bool: 'boolean',
  list: 'list',
  set: 'list',
  json: 'any',
}

/** What a variable or param of this type holds. */
export function staticTypeOf(type: ValueType): StaticType {
  return types[type]
}

/** The type of a literal. */
export function literalType(value: Literal): StaticType {
  if (value === null) return 'null'
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'number':
      return 'number'
    default:
      return 'boolean'
  }
}

/** Whether values of the two types can be equal at all; null stands beside anything, for anything may be unset. */
export function areComparable(left: StaticType, right: StaticType): boolean {
  if (left === 'any' || right === 'any' || left === 'null' || right === 'null') return true
  return left === right && left !== 'list'
}

const words: Readonly<Record<StaticType, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  list: 'a list',
  null: 'null',
  any: 'anything',
}

/** A type in messages. */
export function describeType(type: StaticType): string {
  return words[type]
}
