import type { JsonValue } from '../json/json-value.ts'
import type { ValueType } from '../spec/state-variable.ts'

/** Why a value does not fit a type, as `must be …`; undefined when it does. Null fits every type: it means the zero. */
export function typeProblem(type: ValueType, value: JsonValue): string | undefined {
  if (value === null) return undefined
  switch (type) {
    case 'string':
    case 'ref':
      return typeof value === 'string' ? undefined : 'must be a string'
    case 'int':
      return Number.isSafeInteger(value) ? undefined : 'must be an integer of at most 2^53 - 1'
    case 'counter':
      return Number.isSafeInteger(value) && (value as number) >= 0
        ? undefined
        : 'must be a non-negative integer'
    case 'number':
      return typeof value === 'number' ? undefined : 'must be a number'
    case 'bool':
      return typeof value === 'boolean' ? undefined : 'must be true or false'
    case 'list':
      return Array.isArray(value) ? undefined : 'must be a list'
    case 'set':
      return Array.isArray(value) && new Set(value).size === value.length
        ? undefined
        : 'must be a list without repeats'
    case 'json':
      return undefined
  }
}

/** What a value is called when it does not fit: `a string`, `3.5`, `null`. */
export function nameValue(value: JsonValue): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  return typeof value === 'string' ? 'a string' : String(value)
}
