// What the names of one spec mean: its states, variables, params and actions. Built once from the sections; every check
// that looks up a name asks here.
import type { ValueType } from '@perdure/core'

import type { ActionSection, ParamSection } from '../sections/action.ts'
import type { SpecSections } from '../sections/read-sections.ts'
import { isValueType } from '../sections/value-types.ts'
import { staticTypeOf } from './static-type.ts'
import type { StaticType } from './static-type.ts'

/** The names of one spec. */
export interface Names {
  readonly states: ReadonlySet<string>
  readonly terminal: ReadonlySet<string>
  readonly variables: ReadonlyMap<string, ValueType>
  /** Fields that are no variables: those that params leave behind and those that keys speak of. */
  readonly fields: ReadonlyMap<string, StaticType>
  readonly actions: ReadonlySet<string>
  /** Actions of which every rule is an output; nothing dispatches those. */
  readonly outputs: ReadonlySet<string>
  readonly strictParams: boolean
}

/** Collects the names that the sections declare. */
export function collectNames(sections: SpecSections): Names {
  const { automaton } = sections
  const variables = new Map(
    sections.states.flatMap(({ name, type }) =>
      name === undefined ? [] : [[name.value, valueTypeOf(type?.value)]],
    ),
  )
  const actions = sections.actions.flatMap(({ name }) => name?.value ?? [])
  const dispatched = sections.actions
    .filter(({ kind }) => kind?.value !== 'output')
    .flatMap(({ name }) => name?.value ?? [])
  return {
    states: new Set(automaton?.states?.value.map(({ value }) => value)),
    terminal: new Set(automaton?.terminal?.value.map(({ value }) => value)),
    variables,
    fields: collectFields(sections, variables),
    actions: new Set(actions),
    outputs: new Set(actions.filter((name) => !dispatched.includes(name))),
    strictParams: automaton?.strict_action_params?.value ?? true,
  }
}

/** The type that a word in the file stands for; a wrong one has been reported and reads as json, which fits anywhere. */
function valueTypeOf(word: string | undefined): ValueType {
  if (word === undefined) return 'string'
  return isValueType(word) ? word : 'json'
}

/** The type of a param: its own, else that of the variable of its name, else string. */
export function paramType(param: ParamSection, variables: ReadonlyMap<string, ValueType>): ValueType {
  if (param.type !== undefined) return valueTypeOf(param.type.value)
  return variables.get(param.name?.value ?? '') ?? 'string'
}

/** The params of one rule by name. */
export function paramTypes(action: ActionSection, names: Names): ReadonlyMap<string, ValueType> {
  return new Map(
    action.params.flatMap((param) =>
      param.name === undefined ? [] : [[param.name.value, paramType(param, names.variables)]],
    ),
  )
}

function collectFields(
  { actions, keys }: SpecSections,
  variables: ReadonlyMap<string, ValueType>,
): ReadonlyMap<string, StaticType> {
  const fields = new Map<string, StaticType>()
  const add = (name: string, type: StaticType) => {
    if (!variables.has(name)) fields.set(name, (fields.get(name) ?? type) === type ? type : 'any')
  }
  for (const { params } of actions) {
    for (const param of params) {
      if (param.name === undefined || param.transient?.value === true) continue
      add(param.name.value, staticTypeOf(paramType(param, variables)))
    }
  }
  for (const { properties } of keys) {
    for (const { value } of properties?.value ?? []) if (!fields.has(value)) add(value, 'any')
  }
  return fields
}
