// What the checker knows of a value: exactly, or as one of many that no guard can tell apart. Domains are made of these;
// expressions are evaluated on them.
import type { JsonValue, Literal } from '@perdure/core'
import { closed, includes, isPoint, isSameNumber, point } from './interval.ts'
import type { Interval } from './interval.ts'

/**
 * Where a value that is known only roughly comes from, so that two of them can still be told apart or be the same:
 * `variable`: what that variable held before the action; `fresh`: a param that equals nothing it is compared with;
 * `member`: an item of that list which the spec does not mention.
 */
export type Origin =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'fresh'; readonly param: string }
  | { readonly kind: 'member'; readonly list: string }

/** A set of values. */
export type AbstractValue =
  /** One value that is no number. */
  | { readonly kind: 'exact'; readonly value: Exclude<Literal, number> }
  | { readonly kind: 'number'; readonly interval: Interval; readonly origin?: Origin }
  /** Any string with so many characters except some. */
  | {
      readonly kind: 'text'
      readonly length: Interval
      readonly excluded: ReadonlySet<Literal>
      readonly origin?: Origin
    }
  /** Lists with so many items that hold, and do not hold, some literals. */
  | { readonly kind: 'list'; readonly length: Interval; readonly members: ReadonlyMap<Literal, boolean> }
  /** JSON that is neither null nor one of some literals; `isEmpty`: `[]` or `{}`. */
  | {
      readonly kind: 'other'
      readonly isEmpty: boolean
      readonly excluded: ReadonlySet<Literal>
      readonly origin?: Origin
    }
  | { readonly kind: 'unknown' }

/** Nothing is known. */
export const unknownValue: AbstractValue = { kind: 'unknown' }

/** No value: what a name that holds nothing reads as. */
export const nullValue: AbstractValue = { kind: 'exact', value: null }

/** A literal, exactly. */
export function exactly(value: Literal): AbstractValue {
  return typeof value === 'number' ? numberIn(point(value)) : { kind: 'exact', value }
}

/** Some number of an interval. */
export function numberIn(interval: Interval): AbstractValue {
  return { kind: 'number', interval }
}

/** Any string that is not empty. */
export const anyText: AbstractValue = { kind: 'text', length: closed(1, Infinity), excluded: new Set() }

/** Whether there is one value only that this can be. */
export function isExact(value: AbstractValue): boolean {
  return value.kind === 'exact' || (value.kind === 'number' && isPoint(value.interval))
}

/** The value with its origin named, where an origin says more than the value does. */
export function from(origin: Origin, value: AbstractValue): AbstractValue {
  const isRough = value.kind === 'text' || value.kind === 'other' || value.kind === 'number'
  return isRough && !isExact(value) ? { ...value, origin } : value
}

/** Whether a concrete value is one of those this stands for. */
export function contains(abstract: AbstractValue, value: JsonValue): boolean {
  switch (abstract.kind) {
    case 'exact':
      return abstract.value === value
    case 'number':
      return typeof value === 'number' && includes(abstract.interval, value)
    case 'text':
      return (
        typeof value === 'string' && includes(abstract.length, value.length) && !abstract.excluded.has(value)
      )
    case 'list':
      return Array.isArray(value) && containsList(abstract, value as readonly JsonValue[])
    case 'other':
      return (
        value !== null &&
        !abstract.excluded.has(value as Literal) &&
        abstract.isEmpty === (typeof value === 'object' && Object.keys(value).length === 0)
      )
    case 'unknown':
      return true
  }
}

function containsList(
  { length, members }: Extract<AbstractValue, { kind: 'list' }>,
  items: readonly JsonValue[],
): boolean {
  if (!includes(length, items.length)) return false
  return [...members].every(([literal, isMember]) => items.includes(literal) === isMember)
}

/** Whether two sets of values have one in common. Origins do not matter. */
export function mayOverlap(left: AbstractValue, right: AbstractValue): boolean {
  if (left.kind === 'unknown' || right.kind === 'unknown') return true
  if (left.kind === 'exact') return overlapsExact(left.value, right)
  if (right.kind === 'exact') return overlapsExact(right.value, left)
  if (left.kind === 'other' || right.kind === 'other') return otherOverlaps(left, right)
  if (left.kind === 'number')
    return right.kind === 'number' && isSameNumber(left.interval, right.interval) !== 'false'
  if (left.kind === 'text')
    return right.kind === 'text' && isSameNumber(left.length, right.length) !== 'false'
  return right.kind === 'list' && listsOverlap(left, right)
}

function overlapsExact(value: Exclude<Literal, number>, other: AbstractValue): boolean {
  return other.kind === 'exact' ? other.value === value : contains(other, value)
}

function otherOverlaps(left: AbstractValue, right: AbstractValue): boolean {
  if (left.kind === 'other' && right.kind === 'other') return left.isEmpty === right.isEmpty
  const [other, given] = left.kind === 'other' ? [left, right] : [right, left]
  if (other.kind !== 'other') return false
  if (given.kind === 'number')
    return !other.isEmpty && !(isPoint(given.interval) && other.excluded.has(given.interval.low))
  if (given.kind === 'list') return other.isEmpty ? includes(given.length, 0) : given.length.high > 0
  return !other.isEmpty
}

function listsOverlap(
  left: Extract<AbstractValue, { kind: 'list' }>,
  right: Extract<AbstractValue, { kind: 'list' }>,
): boolean {
  if (isSameNumber(left.length, right.length) === 'false') return false
  return [...left.members].every(
    ([literal, isMember]) => (right.members.get(literal) ?? isMember) === isMember,
  )
}
