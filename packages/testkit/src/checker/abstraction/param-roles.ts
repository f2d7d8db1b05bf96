// What a param of an action does besides being read: the rules of core's params, told apart for the checker.
import type { ActionModel, EntityModel, StateVariable, ValueType } from '@perdure/core'

/** Whether a param of an action assigns the variable of its name; of the other types it is an amount or an item. */
export function assignsVariable({ type }: Pick<StateVariable, 'type'>): boolean {
  return !['counter', 'bool', 'list', 'set'].includes(type)
}

/** The type that values of a param have; rules that disagree leave it open. */
export function paramType(model: EntityModel, action: ActionModel, name: string): ValueType {
  const variable = model.variables.get(name)
  if (variable !== undefined && assignsVariable(variable)) return variable.type
  const types = new Set(action.params.get(name)?.map((param) => param.type))
  const [type] = types
  return types.size === 1 && type !== undefined ? type : 'json'
}
