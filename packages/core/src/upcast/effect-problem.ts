import type { ResolvedEffect } from '../entity/event.ts'
import type { JsonValue } from '../json/json-value.ts'

type Kind = ResolvedEffect[1]
type Shape = readonly ((value: JsonValue | undefined) => boolean)[]

const any = (value: JsonValue | undefined): boolean => value !== undefined
const text = (value: JsonValue | undefined): boolean => typeof value === 'string'
const number = (value: JsonValue | undefined): boolean => typeof value === 'number'
const object = (value: JsonValue | undefined): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What follows the kind in an effect of each. */
const shapes: Readonly<Record<Kind, Shape>> = {
  counter: [number],
  number: [number],
  boolean: [(value) => typeof value === 'boolean'],
  list: [(value) => Array.isArray(value)],
  field: [any],
  '=': [any],
  param: [text],
  ref: [object],
  '+': [number],
  '-': [number],
  append: [any],
  removeAt: [number],
  clear: [],
  emit: [text],
  schedule: [text, number],
  cancel: [text],
  spawn: [text, text, text, object],
}

/** Why this is no resolved effect, in words that name it; undefined when it is one. */
export function effectProblem(effect: JsonValue): string | undefined {
  if (!Array.isArray(effect)) return 'an effect that is no list'
  const [name, kind, ...rest] = effect as readonly JsonValue[]
  // Its values are not shown: they may be what nobody is to see.
  const shown = `an effect that is none: ${JSON.stringify([name, kind])}`
  if (typeof name !== 'string' || typeof kind !== 'string' || !Object.hasOwn(shapes, kind)) return shown
  const shape = shapes[kind as Kind]
  return rest.length === shape.length && shape.every((fits, index) => fits(rest[index])) ? undefined : shown
}
