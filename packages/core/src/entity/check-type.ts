import { canonicalJson } from '../json/canonical-json.ts'
import type { JsonValue } from '../json/json-value.ts'
import type { Limits } from '../json/limits.ts'
import type { ValueType } from '../spec/state-variable.ts'

/** Why a value does not fit a type, as `must be …`; undefined when it does. Null fits every type: it means the zero. */
export function typeProblem(
  type: ValueType,
  value: JsonValue,
  { maxListItems }: Pick<Limits, 'maxListItems'>,
): string | undefined {
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
        : 'must be a non-negative integer of at most 2^53 - 1'
    case 'number':
      return Number.isFinite(value) ? undefined : 'must be a finite number'
    case 'bool':
      return typeof value === 'boolean' ? undefined : 'must be true or false'
    case 'list':
    case 'set':
      return listProblem(type, value, maxListItems)
    case 'json':
      return undefined
  }
}

function listProblem(type: 'list' | 'set', value: JsonValue, maxListItems: number): string | undefined {
  if (!Array.isArray(value)) return 'must be a list'
  const items = value as readonly JsonValue[]
  if (items.length > maxListItems) return `must be a list of at most ${maxListItems} items`
  const hasRepeats = type === 'set' && new Set(items.map(canonicalJson)).size < items.length
  return hasRepeats ? 'must be a list without repeats' : undefined
}

/** What a value is called when it does not fit: `a string`, `3.5`, `null`. A masked one does not show its value. */
export function nameValue(value: JsonValue, isMasked: boolean = false): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value === 'string') return 'a string'
  return isMasked ? `a ${typeof value}` : String(value)
}
