// Evaluates guards and invariants on abstract values, in three truths. Follows core's rules case by case; the conformance
// check holds the two against each other.
import type { Expression, PathExpression } from '@perdure/core'
import { exactly, isExact, nullValue, numberIn, unknownValue } from '../abstraction/abstract-value.ts'
import type { AbstractValue } from '../abstraction/abstract-value.ts'
import {
  compareAbstract,
  isAnyOf,
  isEmptyAbstract,
  isMemberOf,
  isTrueAbstract,
  lengthOfAbstract,
} from '../abstraction/compare-abstract.ts'
import { add, negate, point } from '../abstraction/interval.ts'
import { all, any, not } from '../abstraction/truth.ts'
import type { Truth } from '../abstraction/truth.ts'

/** What an expression may look at. */
export interface Surroundings {
  readonly status: string
  readonly variable: (name: string) => AbstractValue
  readonly param: (name: string) => AbstractValue
  /** The status found by an expression whose path leads somewhere. */
  readonly related: (expression: Extract<Expression, { kind: 'relatedStatus' }>) => AbstractValue
}

/** Evaluates an expression as a test; only `true` passes. */
export function evaluateTest(expression: Expression, around: Surroundings): Truth {
  switch (expression.kind) {
    case 'and':
      return all(expression.operands.map((operand) => evaluateTest(operand, around)))
    case 'or':
      return any(expression.operands.map((operand) => evaluateTest(operand, around)))
    case 'not':
      return not(evaluateTest(expression.operand, around))
    case 'implies':
      return any([not(evaluateTest(expression.left, around)), evaluateTest(expression.right, around)])
    case 'compare': {
      const { operator, left, right } = expression
      return compareAbstract(operator, evaluateValue(left, around), evaluateValue(right, around))
    }
    case 'in': {
      const truth = isIn(expression, around)
      return expression.negated ? not(truth) : truth
    }
    case 'empty':
      return isEmptyAbstract(read(expression.path, around))
    default:
      return isTrueAbstract(evaluateValue(expression, around))
  }
}

function isIn({ item, set }: Extract<Expression, { kind: 'in' }>, around: Surroundings): Truth {
  const value = evaluateValue(item, around)
  if (set.kind === 'set') return isAnyOf(value, set.items.map(exactly))
  return isMemberOf(value, read(set, around), set.kind === 'variable' ? set.name : undefined)
}

/** Evaluates an expression to a value. */
function evaluateValue(expression: Expression, around: Surroundings): AbstractValue {
  switch (expression.kind) {
    case 'literal':
      return exactly(expression.value)
    case 'status':
      return exactly(around.status)
    case 'variable':
    case 'param':
      return read(expression, around)
    case 'length':
      return lengthOfAbstract(read(expression.path, around))
    case 'sum':
      return sumOf(expression, around)
    case 'relatedStatus':
      return relatedStatusOf(expression, around)
    default: {
      const truth = evaluateTest(expression, around)
      return truth === 'unknown' ? unknownValue : exactly(truth === 'true')
    }
  }
}

function read(path: PathExpression, around: Surroundings): AbstractValue {
  return path.kind === 'param' ? around.param(path.name) : around.variable(path.name)
}

function sumOf({ terms }: Extract<Expression, { kind: 'sum' }>, around: Surroundings): AbstractValue {
  let total = point(0)
  let isKnown = true
  for (const { sign, operand } of terms) {
    const value = evaluateValue(operand, around)
    if (value.kind === 'number') total = add(total, sign === '+' ? value.interval : negate(value.interval))
    else if (value.kind === 'unknown' || value.kind === 'other') isKnown = false
    else return nullValue
  }
  return isKnown ? numberIn(total) : unknownValue
}

/** No id, no status; several ids are not modelled. */
function relatedStatusOf(
  expression: Extract<Expression, { kind: 'relatedStatus' }>,
  around: Surroundings,
): AbstractValue {
  const id = read(expression.path, around)
  if (id.kind === 'number') return nullValue
  if (id.kind === 'text') return around.related(expression)
  if (id.kind !== 'exact') return unknownValue
  const isId = isExact(id) && typeof id.value === 'string' && id.value !== ''
  return isId ? around.related(expression) : nullValue
}
