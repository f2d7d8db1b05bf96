// Evaluates an expression of which only some values are known. The lints use it: with nothing known but the status, to
// find guards that can never hold; with the initial values, to find invariants that do not hold at birth.
import type { ComparisonOperator, Expression, JsonValue } from '@perdure/core'

/** What is known. `undefined` means anything is possible. */
export interface Knowledge {
  readonly status: string | undefined
  readonly valueOf: (name: string) => JsonValue | undefined
  /** Whether a variable is a counter, so never negative. */
  readonly isCounter: (name: string) => boolean
}

/** The value of an expression; undefined when it depends on what is not known. */
export function evaluatePartially(expression: Expression, known: Knowledge): JsonValue | undefined {
  switch (expression.kind) {
    case 'literal':
      return expression.value
    case 'status':
      return known.status
    case 'variable':
      return known.valueOf(expression.name)
    case 'param':
    case 'relatedStatus':
      return undefined
    case 'length':
      return lengthOf(evaluatePartially(expression.path, known))
    case 'empty':
      return isEmpty(evaluatePartially(expression.path, known))
    case 'sum':
      return sum(expression.terms, known)
    case 'compare':
      return compare(expression, known)
    case 'in':
      return isMember(expression, known)
    case 'not':
      return negate(test(expression.operand, known))
    case 'and':
      return evaluateAnd(expression.operands, known)
    case 'or':
      return negate(conjunction(expression.operands.map((operand) => negate(test(operand, known)))))
    case 'implies':
      return evaluatePartially(
        { kind: 'or', operands: [{ kind: 'not', operand: expression.left }, expression.right] },
        known,
      )
  }
}

/** Only `true` passes a test. */
function test(expression: Expression, known: Knowledge): boolean | undefined {
  const value = evaluatePartially(expression, known)
  return value === undefined ? undefined : value === true
}

function negate(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value
}

function conjunction(values: readonly (boolean | undefined)[]): boolean | undefined {
  if (values.includes(false)) return false
  return values.includes(undefined) ? undefined : true
}

function evaluateAnd(operands: readonly Expression[], known: Knowledge): boolean | undefined {
  const value = conjunction(operands.map((operand) => test(operand, known)))
  return value === undefined && areContradictory(operands, known) ? false : value
}

function sum(terms: Extract<Expression, { kind: 'sum' }>['terms'], known: Knowledge): JsonValue | undefined {
  let total = 0
  for (const { sign, operand } of terms) {
    const value = evaluatePartially(operand, known)
    if (value === undefined) return undefined
    if (typeof value !== 'number') return null
    total += sign === '+' ? value : -value
  }
  return total
}

function lengthOf(value: JsonValue | undefined): JsonValue | undefined {
  if (value === undefined) return undefined
  return typeof value === 'string' || Array.isArray(value) ? value.length : null
}

function isEmpty(value: JsonValue | undefined): boolean | undefined {
  if (value === undefined) return undefined
  if (value === null || value === '') return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

function compare(
  { operator, left, right }: Extract<Expression, { kind: 'compare' }>,
  known: Knowledge,
): boolean | undefined {
  const leftValue = evaluatePartially(left, known)
  const rightValue = evaluatePartially(right, known)
  if (leftValue === undefined || rightValue === undefined) {
    return compareNatural(left, operator, rightValue, known)
  }
  if (isComposite(leftValue) || isComposite(rightValue)) return undefined
  return compareScalars(operator, leftValue, rightValue)
}

function isComposite(value: JsonValue): boolean {
  return typeof value === 'object' && value !== null
}

/** A counter or a length against a number: it is never negative, whatever it is. */
function compareNatural(
  left: Expression,
  operator: ComparisonOperator,
  right: JsonValue | undefined,
  known: Knowledge,
): boolean | undefined {
  if (left.kind !== 'variable' || !known.isCounter(left.name) || typeof right !== 'number') return undefined
  if (right < 0) return operator === '>' || operator === '>=' || operator === '!='
  if (right > 0) return undefined
  if (operator === '<') return false
  return operator === '>=' ? true : undefined
}

function compareScalars(operator: ComparisonOperator, left: JsonValue, right: JsonValue): boolean {
  if (operator === '==') return left === right
  if (operator === '!=') return left !== right
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

function isMember(
  { item, set, negated }: Extract<Expression, { kind: 'in' }>,
  known: Knowledge,
): boolean | undefined {
  if (set.kind === 'set' && set.items.length === 0) return negated
  const value = evaluatePartially(item, known)
  const items = set.kind === 'set' ? set.items : evaluatePartially(set, known)
  if (value === undefined || items === undefined || isComposite(value)) return undefined
  return (Array.isArray(items) && items.includes(value)) !== negated
}

interface Bounds {
  low: number
  high: number
  equal: JsonValue | undefined
}

/** Whether simple tests of one variable exclude each other: `a == 'x' && a == 'y'`, `n > 3 && n < 2`, `f && !f`. */
function areContradictory(operands: readonly Expression[], known: Knowledge): boolean {
  const bounds = new Map<string, Bounds>()
  return operands.some((operand) => {
    const fact = factOf(operand)
    if (fact === undefined) return false
    const bound = bounds.get(fact.path) ?? {
      low: known.isCounter(fact.path) ? 0 : -Infinity,
      high: Infinity,
      equal: undefined,
    }
    bounds.set(fact.path, bound)
    return narrow(bound, fact)
  })
}

interface Fact {
  readonly path: string
  readonly operator: ComparisonOperator
  readonly value: JsonValue
}

function factOf(expression: Expression): Fact | undefined {
  if (expression.kind === 'variable') return { path: expression.name, operator: '==', value: true }
  if (expression.kind === 'not' && expression.operand.kind === 'variable') {
    return { path: expression.operand.name, operator: '!=', value: true }
  }
  if (
    expression.kind !== 'compare' ||
    expression.right.kind !== 'literal' ||
    expression.left.kind !== 'variable'
  )
    return undefined
  return { path: expression.left.name, operator: expression.operator, value: expression.right.value }
}

/** Adds a fact; true when nothing is left that satisfies all of them. */
function narrow(bound: Bounds, { operator, value }: Fact): boolean {
  if (operator === '!=') return bound.equal !== undefined && bound.equal === value
  if (operator === '==') {
    if (bound.equal !== undefined && bound.equal !== value) return true
    bound.equal = value
  }
  if (typeof value === 'number') {
    if (operator === '==' || operator === '>=') bound.low = Math.max(bound.low, value)
    if (operator === '==' || operator === '<=') bound.high = Math.min(bound.high, value)
    // The bounds of < and > are left a hair wide: a variable may hold fractions.
    if (operator === '>')
      bound.low = Math.max(bound.low, value + Number.EPSILON * Math.max(1, Math.abs(value)))
    if (operator === '<')
      bound.high = Math.min(bound.high, value - Number.EPSILON * Math.max(1, Math.abs(value)))
  }
  return bound.low > bound.high
}
