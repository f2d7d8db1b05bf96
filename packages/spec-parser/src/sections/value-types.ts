import type { ValueType } from '@perdure/core'

const all: Readonly<Record<ValueType, true>> = {
  string: true,
  int: true,
  number: true,
  bool: true,
  counter: true,
  list: true,
  set: true,
  json: true,
  ref: true,
}

/** Every type that a variable or a param may have. */
export const valueTypes: readonly ValueType[] = Object.keys(all) as ValueType[]

/** Narrows a word to a type. */
export function isValueType(word: string): word is ValueType {
  return Object.hasOwn(all, word)
}

/** Whether values of a type are numbers. */
export function isNumeric(type: string): boolean {
  return type === 'int' || type === 'number' || type === 'counter'
}
