import type { ValueType } from '@perdure/core'

import type { Names } from './names.ts'
import type { ParamScope, Scope } from './scope.ts'
import { staticTypeOf } from './static-type.ts'
import type { StaticType } from './static-type.ts'

/** What a guard sees: variables, fields that params or keys declare, and the params of the command. */
export function guardScope(names: Names, params: ReadonlyMap<string, ValueType>): Scope {
  return {
    states: names.states,
    lookUp: (name) => variableType(names, name) ?? names.fields.get(name),
    known: [...names.variables.keys(), ...names.fields.keys()],
    params: paramScope(params, names.strictParams),
  }
}

function paramScope(params: ReadonlyMap<string, ValueType>, isStrict: boolean): ParamScope {
  const undeclared: StaticType | undefined = isStrict ? undefined : 'any'
  return {
    lookUp: (name) => {
      const type = params.get(name)
      return type === undefined ? undeclared : staticTypeOf(type)
    },
    known: [...params.keys()],
  }
}

/** What an invariant sees: the variables, and no command. */
export function invariantScope(names: Names): Scope {
  return {
    states: names.states,
    lookUp: (name) => variableType(names, name),
    known: [...names.variables.keys()],
    params: undefined,
  }
}

/** What a field invariant sees: the variables, and any other field, of which nothing is known. */
export function fieldScope(names: Names): Scope {
  return { ...invariantScope(names), lookUp: (name) => variableType(names, name) ?? 'any' }
}

function variableType(names: Names, name: string): StaticType | undefined {
  const type = names.variables.get(name)
  return type === undefined ? undefined : staticTypeOf(type)
}
