import type { JsonValue } from './json-value.ts'

/** Whether a value has at most so many levels of arrays and objects. */
export function nestsWithin(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.values(value).every((part: JsonValue) => nestsWithin(part, levels - 1))
}
