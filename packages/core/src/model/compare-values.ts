// The comparison rules of the expression language, in one place: equality never crosses types, ordering is for numbers.
import { hashContent } from '../fields/content-hash.ts'
import { canOverflow } from '../fields/overflow.ts'
import { canonicalJson } from '../json/canonical-json.ts'
import type { JsonValue } from '../json/json-value.ts'
import type { ComparisonOperator } from '../spec/expression.ts'
import { OverflowedValue } from './scope.ts'
import type { ScopeValue } from './scope.ts'

/** Whether two values are the same. An overflowed one is compared by hash, so its content is not needed. */
export function valuesEqual(left: ScopeValue, right: ScopeValue): boolean {
  if (left === right) return true
  if (left instanceof OverflowedValue) {
    return right instanceof OverflowedValue
      ? left.content.hash === right.content.hash
      : overflowedEquals(left, right)
  }
  if (right instanceof OverflowedValue) return overflowedEquals(right, left)
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  return canonicalJson(left) === canonicalJson(right)
}

function overflowedEquals(overflowed: OverflowedValue, value: JsonValue): boolean {
  return canOverflow(value) && hashContent(canonicalJson(value)) === overflowed.content.hash
}

/** Applies a comparison operator. */
export function compareValues(operator: ComparisonOperator, left: ScopeValue, right: ScopeValue): boolean {
  if (operator === '==') return valuesEqual(left, right)
  if (operator === '!=') return !valuesEqual(left, right)
  if (typeof left !== 'number' || typeof right !== 'number') return false
  switch (operator) {
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
  }
}

/** Whether a value is null, `''`, `[]` or `{}`: those are the overflowing values whose JSON has two bytes. */
export function isEmptyValue(value: ScopeValue): boolean {
  if (value instanceof OverflowedValue) return value.content.size === 2
  if (value === null || value === '') return true
  return typeof value === 'object' && Object.keys(value).length === 0
}
