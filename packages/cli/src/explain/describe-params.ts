// What an action takes: a line for each param, and what becomes of a param that it does not declare.
import type { ActionSpec, EntitySpec, ParamSpec } from '@perdure/core'
import type { Painter } from '../terminal/paint.ts'

/** Lines about the params of a rule. */
export function describeParams(spec: EntitySpec, rule: ActionSpec, paint: Painter): readonly string[] {
  const { params } = rule
  const others = spec.strictActionParams
    ? []
    : ['Params that it does not declare are kept in the fields of their names.']
  if (params.length === 0) return others.length === 0 ? ['It takes no params.'] : others
  const width = Math.max(...params.map(({ name }) => name.length))
  const lines = params.map(
    (param) => `  ${paint.cyan(param.name.padEnd(width))}  ${describeParam(spec, param)}`,
  )
  return ['It takes:', ...lines, ...others]
}

function describeParam(spec: EntitySpec, param: ParamSpec): string {
  const { name, type, required, transient, amount, entityType } = param
  const isSensitive = spec.variables.some((variable) => variable.name === name && variable.sensitive)
  return [
    entityType === undefined ? type : `${type} to a ${entityType}`,
    required ? 'required' : 'may be left out',
    ...(amount === true ? ['never negative; a number in quotes is read as that number'] : []),
    ...(transient ? ['not kept in a field'] : []),
    ...(isSensitive ? ['masked where it is shown'] : []),
  ].join(', ')
}
