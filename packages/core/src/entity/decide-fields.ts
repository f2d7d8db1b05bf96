// Creation and direct field updates: both give values to variables and fields, under the variables' types.
import type { JsonObject, JsonValue } from '../json/json-value.ts'
import { own } from '../json/own.ts'
import { isReservedFieldName } from '../spec/reserved-names.ts'
import type { StateVariable } from '../spec/state-variable.ts'
import { zeroOf } from '../spec/state-variable.ts'
import { fieldNameProblem } from './check-name.ts'
import { nameValue, typeProblem } from './check-type.ts'
import { declare, kindOf } from './declare.ts'
import { reject } from './deciding.ts'
import type { Deciding, Proposal } from './deciding.ts'
import type { ResolvedEffect } from './event.ts'
import type { Rejection } from './rejection.ts'

/** The event that brings an entity into being: every variable at its initial value, or at the one given. */
export function decideCreate(deciding: Deciding, fields: JsonObject): Proposal | Rejection {
  const { spec } = deciding.model
  const problem = fieldsProblem(deciding, fields)
  if (problem !== undefined) return problem
  const effects = spec.variables.map((variable) => declareGiven(variable, fields))
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

/** A variable of the entity being created: at the value given for it, or at its initial one. */
function declareGiven(variable: StateVariable, fields: JsonObject): ResolvedEffect {
  const { name, type, initial } = variable
  const given = own(fields, name)
  if (given === undefined) return declare(variable, initial)
  if (given === null) return declare(variable, zeroOf(type))
  return kindOf(type) === 'field' ? [name, 'param', name] : declare(variable, given)
}

/** Assigns the param of its own name to a variable; large values stay where the event keeps them already. */
export function assignFromParam({ name, type }: StateVariable, value: JsonValue): ResolvedEffect {
  if (value === null) return [name, '=', zeroOf(type)]
  return kindOf(type) === 'field' ? [name, 'param', name] : [name, '=', value]
}

/** Refuses a name that no field may have. */
export function fieldNameRefusal(deciding: Deciding, name: string): Rejection | undefined {
  if (isReservedFieldName(name))
    return reject(deciding, 'reserved_field_name', `cannot set "${name}": the name is reserved`)
  const problem = fieldNameProblem(name)
  if (problem === undefined) return undefined
  const shown = JSON.stringify(name.slice(0, 40))
  return reject(deciding, 'invalid_field_name', `cannot set ${shown}: the name of a field ${problem}`)
}

function fieldsProblem(deciding: Deciding, fields: JsonObject): Rejection | undefined {
  const { variables, limits } = deciding.model
  for (const [name, value] of Object.entries(fields)) {
    const misnamed = fieldNameRefusal(deciding, name)
    if (misnamed !== undefined) return misnamed
    const variable = variables.get(name)
    const problem = variable && typeProblem(variable.type, value, limits)
    if (problem !== undefined) {
      const given = nameValue(value, variable?.sensitive)
      return reject(
        deciding,
        'wrong_param_type',
        `cannot set "${name}": it ${problem}, and was given ${given}`,
      )
    }
  }
  return undefined
}
