// The comparison rules of the expression language on abstract values: the same rules as core's, answered of every value
// that each side may be.
import type { ComparisonOperator, Literal } from '@perdure/core'
import { isExact, mayOverlap, nullValue, numberIn, unknownValue } from './abstract-value.ts'
import type { AbstractValue, Origin } from './abstract-value.ts'
import { includes, isAtMost, isBefore, point } from './interval.ts'
import { any, not, truthOf } from './truth.ts'
import type { Truth } from './truth.ts'

/** `==`. */
function areEqual(left: AbstractValue, right: AbstractValue): Truth {
  if (!mayOverlap(left, right)) return 'false'
  if (isExact(left) && isExact(right)) return 'true'
  const [a, b] = [originOf(left), originOf(right)]
  if (a === undefined || b === undefined) return isEmptyList(left) && isEmptyList(right) ? 'true' : 'unknown'
  if (a.kind === 'variable' && b.kind === 'variable') return a.name === b.name ? 'true' : 'unknown'
  // A fresh value is chosen to differ from all it is compared with; being the same is a choice of its own.
  if (a.kind === 'fresh' && b.kind === 'fresh') return truthOf(a.param === b.param)
  return a.kind === 'fresh' || b.kind === 'fresh' ? 'false' : 'unknown'
}

/** Any comparison. Ordering is for numbers; of anything else it is false. */
export function compareAbstract(
  operator: ComparisonOperator,
  left: AbstractValue,
  right: AbstractValue,
): Truth {
  switch (operator) {
    case '==':
      return areEqual(left, right)
    case '!=':
      return not(areEqual(left, right))
    case '<':
      return isLess(left, right)
    case '>':
      return isLess(right, left)
    case '<=':
      return isLessOrEqual(left, right)
    case '>=':
      return isLessOrEqual(right, left)
  }
}

function isLess(left: AbstractValue, right: AbstractValue): Truth {
  if (left.kind === 'number' && right.kind === 'number') return isBefore(left.interval, right.interval)
  return mayBeNumber(left) && mayBeNumber(right) ? 'unknown' : 'false'
}

function isLessOrEqual(left: AbstractValue, right: AbstractValue): Truth {
  if (left.kind !== 'number' || right.kind !== 'number')
    return mayBeNumber(left) && mayBeNumber(right) ? 'unknown' : 'false'
  return areEqual(left, right) === 'true' ? 'true' : isAtMost(left.interval, right.interval)
}

function mayBeNumber(value: AbstractValue): boolean {
  return value.kind === 'number' || value.kind === 'unknown' || (value.kind === 'other' && !value.isEmpty)
}

/** `empty(…)`: null, `''`, `[]` or `{}`. */
export function isEmptyAbstract(value: AbstractValue): Truth {
  switch (value.kind) {
    case 'exact':
      return truthOf(value.value === null || value.value === '')
    case 'number':
    case 'text':
      return 'false'
    case 'list':
      return includes(value.length, 0) ? truthIf(value.length.high === 0) : 'false'
    case 'other':
      return truthOf(value.isEmpty)
    case 'unknown':
      return 'unknown'
  }
}

function truthIf(isCertain: boolean): Truth {
  return isCertain ? 'true' : 'unknown'
}

/** `len(…)`: items or characters; null of what has neither. */
export function lengthOfAbstract(value: AbstractValue): AbstractValue {
  switch (value.kind) {
    case 'exact':
      return typeof value.value === 'string' ? numberIn(point(value.value.length)) : nullValue
    case 'number':
      return nullValue
    case 'text':
    case 'list':
      return numberIn(value.length)
    case 'other':
    case 'unknown':
      return unknownValue
  }
}

/** `item in list`; `listName` when the list is a variable as it was before the action. */
export function isMemberOf(item: AbstractValue, list: AbstractValue, listName?: string): Truth {
  if (list.kind === 'unknown') return 'unknown'
  if (list.kind !== 'list') return list.kind === 'other' && !list.isEmpty ? 'unknown' : 'false'
  if (list.length.high === 0) return 'false'
  if (isExact(item)) return knownMember(literalOf(item), list)
  const origin = originOf(item)
  if (origin?.kind === 'member' && origin.list === listName) return 'true'
  return origin?.kind === 'fresh' && listName !== undefined ? 'false' : 'unknown'
}

function knownMember(literal: Literal, { members }: Extract<AbstractValue, { kind: 'list' }>): Truth {
  const isMember = members.get(literal)
  return isMember === undefined ? 'unknown' : truthOf(isMember)
}

/** `item in [a, b]`. */
export function isAnyOf(item: AbstractValue, items: readonly AbstractValue[]): Truth {
  return any(items.map((other) => areEqual(item, other)))
}

/** A bare value used as a test: only `true` passes. */
export function isTrueAbstract(value: AbstractValue): Truth {
  return areEqual(value, { kind: 'exact', value: true })
}

/** The literal of an exact value. */
export function literalOf(value: AbstractValue): Literal {
  if (value.kind === 'exact') return value.value
  return value.kind === 'number' ? value.interval.low : null
}

function originOf(value: AbstractValue): Origin | undefined {
  return 'origin' in value ? value.origin : undefined
}

function isEmptyList(value: AbstractValue): boolean {
  return value.kind === 'list' && value.length.high === 0
}
