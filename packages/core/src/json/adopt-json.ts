// The boundary where a caller's value becomes ours: either it is JSON through and through, and we keep our own frozen
// copy, or the place where it is not is named. Nothing is coerced or dropped. Iterative, so depth cannot crash it.
import type { JsonValue } from './json-value.ts'
import { put } from './put.ts'

/** Why a value is not JSON, and where in it. */
export interface JsonProblem {
  /** `['items', 3, 'price']`: the way from the value to the offending part. */
  readonly path: readonly (string | number)[]
  readonly reason: string
}

/** A value of ours, or the reason there is none. */
export type AdoptResult =
  { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly problem: JsonProblem }

interface Step {
  readonly source: object
  readonly target: JsonValue[] | Record<string, JsonValue>
  readonly keys: readonly string[] | undefined
  next: number
  readonly at: string | number
}

/**
 * Copies a value deeply and freezes the copy, so that the caller may go on using the original. `-0` becomes `0`.
 * Refused with its path: NaN, Infinity, undefined, bigint, functions, symbols, holes, accessors, class instances (Date,
 * Map, …), arrays with properties of their own, proxies that throw, cycles and anything nested deeper than `maxDepth`.
 */
export function adoptJson(value: unknown, maxDepth: number): AdoptResult {
  const scalar = adoptScalar(value)
  if (scalar !== undefined) return { ok: true, value: scalar }
  const stack: Step[] = []
  const fail = (reason: string, ...last: readonly (string | number)[]): AdoptResult => ({
    ok: false,
    problem: { path: [...stack.slice(1).map((step) => step.at), ...last], reason },
  })
  const open = (source: unknown, at: string | number): Step | string => attempt(() => tryToOpen(source, at))
  const tryToOpen = (source: unknown, at: string | number): Step | string => {
    if (typeof source !== 'object' || source === null) return describe(source)
    if (stack.some((step) => step.source === source)) return 'a cycle'
    if (stack.length >= maxDepth) return `nested deeper than ${maxDepth} levels`
    const prototype: unknown = Object.getPrototypeOf(source)
    const isArray = Array.isArray(source)
    if (prototype !== (isArray ? Array.prototype : Object.prototype) && (isArray || prototype !== null))
      return describe(source)
    if (Object.getOwnPropertySymbols(source).length > 0) return 'an object with symbol keys'
    const keys = Object.keys(source)
    if (!isArray) return { source, target: {}, keys, next: 0, at }
    return keys.length > source.length
      ? 'an array with properties beside its items'
      : { source, target: [], keys: undefined, next: 0, at }
  }

  const root = open(value, '')
  if (typeof root === 'string') return fail(root)
  stack.push(root)
  for (;;) {
    const step = stack.at(-1) as Step
    const key = nextKey(step)
    if (key === undefined) {
      Object.freeze(step.target)
      stack.pop()
      if (stack.length === 0) return { ok: true, value: step.target }
      continue
    }
    const descriptor = attempt(() => Object.getOwnPropertyDescriptor(step.source, key))
    if (descriptor === unreadable) return fail(unreadable, key)
    if (descriptor === undefined) return fail('a hole in an array', key)
    if (!('value' in descriptor)) return fail('an accessor property', key)
    const child: unknown = descriptor.value
    const own = adoptScalar(child)
    if (own !== undefined) {
      put(step.target, key, own)
      continue
    }
    const opened = open(child, key)
    if (typeof opened === 'string') return fail(opened, key)
    put(step.target, key, opened.target)
    stack.push(opened)
  }
}

const unreadable = 'an object that throws when it is looked at'

/** A proxy runs its maker's code at every look; what that throws is no fault of ours. */
function attempt<Result>(look: () => Result): Result | typeof unreadable {
  try {
    return look()
  } catch {
    return unreadable
  }
}

function nextKey(step: Step): string | number | undefined {
  const length = step.keys === undefined ? (step.source as readonly unknown[]).length : step.keys.length
  if (step.next >= length) return undefined
  const index = step.next++
  return step.keys === undefined ? index : step.keys[index]
}

function adoptScalar(value: unknown): JsonValue | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) ? value + 0 : undefined
    default:
      return value === null ? null : undefined
  }
}

/** What a value that JSON cannot say is called in a message. */
function describe(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (value === undefined) return 'undefined'
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`
  const prototype: unknown = Object.getPrototypeOf(value)
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype ?? {}, 'constructor')?.value
  return typeof constructor === 'function' && constructor.name !== ''
    ? `an instance of ${constructor.name}`
    : 'an object with a prototype of its own'
}
