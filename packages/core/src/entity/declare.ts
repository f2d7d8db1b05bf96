// Bringing variables into being. The kind of a variable is where the state holds it: fixed by the event that declares
// it, so that replay needs no spec, and changed only by another such event.
import type { JsonValue } from '../json/json-value.ts'
import type { StateVariable, ValueType } from '../spec/state-variable.ts'
import type { EntityState } from './entity-state.ts'
import type { ResolvedEffect } from './event.ts'

/** Where a state holds a variable: in the record of its kind and in `fields`, or in `fields` alone. */
export type VariableKind = 'counter' | 'number' | 'boolean' | 'list' | 'field'

const kinds: Readonly<Record<ValueType, VariableKind>> = {
  counter: 'counter',
  int: 'number',
  number: 'number',
  bool: 'boolean',
  list: 'list',
  set: 'list',
  string: 'field',
  json: 'field',
  ref: 'field',
}

/** The kind of a variable of this type. */
export function kindOf(type: ValueType): VariableKind {
  return kinds[type]
}

/** The kind of the typed record that holds a variable; undefined when none does. */
export function typedKindIn(
  records: Pick<EntityState, 'counters' | 'numbers' | 'booleans' | 'lists'>,
  name: string,
): Exclude<VariableKind, 'field'> | undefined {
  if (Object.hasOwn(records.counters, name)) return 'counter'
  if (Object.hasOwn(records.numbers, name)) return 'number'
  if (Object.hasOwn(records.booleans, name)) return 'boolean'
  return Object.hasOwn(records.lists, name) ? 'list' : undefined
}

/** Declares a variable at a value that fits its type; `-0` becomes `0`, for JSON has no other. */
export function declare({ name, type }: StateVariable, value: JsonValue): ResolvedEffect {
  const initial = typeof value === 'number' ? value + 0 : value
  return [name, kindOf(type), initial] as ResolvedEffect
}
