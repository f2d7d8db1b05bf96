// Bringing variables into being. The kind of a variable is where the state holds it: fixed by the event that declares
// it, so that replay needs no spec, and changed only by another such event.
import type { JsonValue } from '../json/json-value.ts'
import type { StateVariable, ValueType } from '../spec/state-variable.ts'
import type { EntityState } from './entity-state.ts'
import type { ResolvedEffect } from './event.ts'

/** Where a state holds a variable: in the record of its kind and in `fields`, or in `fields` alone. */
export type VariableKind = 'counter' | 'number' | 'boolean' | 'list' | 'field'

/** The kind of a variable of this type. */
export function kindOf(type: ValueType): VariableKind {
  switch (type) {
    case 'counter':
      return 'counter'
    case 'int':
    case 'number':
      return 'number'
    case 'bool':
      return 'boolean'
    case 'list':
    case 'set':
      return 'list'
    case 'string':
    case 'json':
    case 'ref':
      return 'field'
  }
}

/** The typed record that holds the variables of a kind. */
export function recordOf(
  { counters, numbers, booleans, lists }: TypedRecords,
  kind: Exclude<VariableKind, 'field'>,
): Readonly<Record<string, JsonValue>> {
  switch (kind) {
    case 'counter':
      return counters
    case 'number':
      return numbers
    case 'boolean':
      return booleans
    case 'list':
      return lists
  }
}

/** The records of a state by kind of variable. */
type TypedRecords = Pick<EntityState, 'counters' | 'numbers' | 'booleans' | 'lists'>

/** The kind of the typed record that holds a variable; undefined when none does. */
export function typedKindIn(records: TypedRecords, name: string): Exclude<VariableKind, 'field'> | undefined {
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
