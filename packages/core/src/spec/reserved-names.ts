// Names with a meaning of their own. One list, asked by the parser, by compile and by the command boundary.

const reservedVariables: ReadonlySet<string> = new Set(['Id', 'Status', 'id', 'status', 'Deleted'])
const prototypeNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
const reservedActions: ReadonlySet<string> = new Set(['Created', 'Deleted', 'Erased', 'FieldsUpdated'])

/** The status of a tombstone; entering it ends the entity. */
export const deletedStatus = 'Deleted'

/** Whether a state variable, param or field may not be called this. */
export function isReservedFieldName(name: string): boolean {
  return reservedVariables.has(name) || prototypeNames.has(name) || name.startsWith('_')
}

/** Whether an action may not be called this: the framework's own events have these names. */
export function isReservedActionName(name: string): boolean {
  return reservedActions.has(name) || prototypeNames.has(name)
}
