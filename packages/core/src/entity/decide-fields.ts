// Creation and direct field updates: both give values to variables and fields, under the variables' types.
import type { JsonObject, JsonValue } from '../json/json-value.ts'
import { own } from '../json/own.ts'
import { isReservedFieldName } from '../spec/reserved-names.ts'
import type { StateVariable } from '../spec/state-variable.ts'
import { zeroOf } from '../spec/state-variable.ts'
import { nameValue, typeProblem } from './check-type.ts'
import { reject } from './deciding.ts'
import type { Deciding, Proposal } from './deciding.ts'
import type { ResolvedEffect } from './event.ts'
import type { Rejection } from './rejection.ts'

/** The event that brings an entity into being: every variable at its initial value, or at the one given. */
export function decideCreate(deciding: Deciding, fields: JsonObject): Proposal | Rejection {
  const { spec } = deciding.model
  const problem = fieldsProblem(deciding, fields)
  if (problem !== undefined) return problem
  const effects = spec.variables.map((variable) => declare(variable, fields))
  return { to: spec.initial, params: fields, effects }
}

/** The event of a direct field update; a variable among the fields is assigned, null gives it its type's zero. */
export function decideUpdateFields(deciding: Deciding, fields: JsonObject): Proposal | Rejection {
  const { model, state } = deciding
  const problem = fieldsProblem(deciding, fields)
  if (problem !== undefined) return problem
  const effects = Object.keys(fields).flatMap((name): ResolvedEffect[] => {
    const variable = model.variables.get(name)
    return variable === undefined ? [] : [assignFromParam(variable, fields[name] ?? null)]
  })
  return { to: state.status, params: fields, effects }
}

/** Brings a variable into being, at the value given for it or at its initial one. */
export function declare(variable: StateVariable, given: JsonObject = {}): ResolvedEffect {
  const { name, type } = variable
  const value = own(given, name)
  const initial = value === undefined ? variable.initial : (value ?? zeroOf(type))
  switch (type) {
    case 'counter':
      return [name, 'counter', initial as number]
    case 'int':
    case 'number':
      return [name, 'number', initial as number]
    case 'bool':
      return [name, 'boolean', initial as boolean]
    case 'list':
    case 'set':
      return [name, 'list', initial as readonly JsonValue[]]
    case 'string':
    case 'json':
    case 'ref':
      return value === undefined || value === null ? [name, 'field', initial] : [name, 'param', name]
  }
}

/** Assigns the param of its own name to a variable; large values stay where the event keeps them already. */
export function assignFromParam(variable: StateVariable, value: JsonValue): ResolvedEffect {
  if (value === null) return [variable.name, '=', zeroOf(variable.type)]
  const isField = variable.type === 'string' || variable.type === 'json' || variable.type === 'ref'
  return isField ? [variable.name, 'param', variable.name] : [variable.name, '=', value]
}

function fieldsProblem(deciding: Deciding, fields: JsonObject): Rejection | undefined {
  for (const [name, value] of Object.entries(fields)) {
    if (isReservedFieldName(name))
      return reject(deciding, 'reserved_field_name', `cannot set "${name}": the name is reserved`)
    const variable = deciding.model.variables.get(name)
    const problem = variable && typeProblem(variable.type, value)
    if (problem !== undefined) {
      return reject(
        deciding,
        'wrong_param_type',
        `cannot set "${name}": it ${problem}, and was given ${nameValue(value)}`,
      )
    }
  }
  return undefined
}
