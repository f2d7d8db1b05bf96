// Checks an expression against a scope: every name exists, every operand has a type that fits, every status is one.
// Reports by node; the caller knows where the nodes stand. Answers with the type of the whole.
import { assertNever, printExpression } from '@perdure/core'
import type { Expression, PathExpression, SetExpression } from '@perdure/core'

import type { Hint } from '../diagnostics/did-you-mean.ts'
import { suggest } from '../diagnostics/did-you-mean.ts'
import type { Scope } from './scope.ts'
import { areComparable, describeType, literalType } from './static-type.ts'
import type { StaticType } from './static-type.ts'

/** Takes one finding about a node, or about the item of a set when `item` is its index. */
export type ReportNode = (
  code: 'unknown_variable' | 'unknown_state' | 'type_mismatch' | 'invalid_expression',
  node: Expression | SetExpression,
  message: string,
  hint?: Hint,
  item?: number,
) => void

interface Check {
  readonly scope: Scope
  readonly report: ReportNode
}

/** Checks that the expression is a condition, with everything inside it. */
export function checkCondition(expression: Expression, scope: Scope, report: ReportNode): void {
  requireBoolean(expression, { scope, report })
}

function requireBoolean(expression: Expression, check: Check): void {
  const type = typeOf(expression, check)
  if (type === 'boolean' || type === 'any') return
  const message = `${printExpression(expression)} is ${describeType(type)}, not a condition`
  check.report('type_mismatch', expression, message, conditionHint(expression, type))
}

function conditionHint(expression: Expression, type: StaticType): string {
  const text = printExpression(expression)
  const isPath = expression.kind === 'variable' || expression.kind === 'param'
  if (type === 'number') return `compare it: ${text} > 0`
  if (isPath && (type === 'string' || type === 'list')) return `ask for content: !empty(${text})`
  return 'a condition is a comparison, a boolean, empty(…) or … in …'
}

function typeOf(expression: Expression, check: Check): StaticType {
  switch (expression.kind) {
    case 'literal':
      return literalType(expression.value)
    case 'status':
      return 'string'
    case 'variable':
    case 'param':
      return pathType(expression, check)
    case 'relatedStatus':
      requirePath(expression.path, ['string', 'list'], 'an id or a list of ids', check)
      return 'string'
    case 'length':
      requirePath(expression.path, ['string', 'list'], 'a string or a list', check)
      return 'number'
    case 'empty':
      requirePath(expression.path, ['string', 'list'], 'a string or a list', check)
      return 'boolean'
    case 'sum':
      for (const { operand } of expression.terms) requireNumber(operand, check)
      return 'number'
    case 'compare':
      checkComparison(expression, check)
      return 'boolean'
    case 'in':
      checkMembership(expression, check)
      return 'boolean'
    case 'not':
      requireBoolean(expression.operand, check)
      return 'boolean'
    case 'and':
    case 'or':
      for (const operand of expression.operands) requireBoolean(operand, check)
      return 'boolean'
    case 'implies':
      requireBoolean(expression.left, check)
      requireBoolean(expression.right, check)
      return 'boolean'
    default:
      return assertNever(expression)
  }
}

function pathType(path: PathExpression, { scope, report }: Check): StaticType {
  if (path.kind === 'variable') {
    const type = scope.lookUp(path.name)
    if (type === undefined) {
      const hint = suggest(path.name, scope.known, 'the variables')
      report('unknown_variable', path, `there is no variable '${path.name}'`, hint)
    }
    return type ?? 'any'
  }
  if (scope.params === undefined) {
    report(
      'invalid_expression',
      path,
      'params can be read in a guard only',
      'here there is a state and no command',
    )
    return 'any'
  }
  const type = scope.params.lookUp(path.name)
  if (type === undefined) {
    const hint = suggest(path.name, scope.params.known, 'the params')
    report('unknown_variable', path, `the action has no param '${path.name}'`, hint)
  }
  return type ?? 'any'
}

function requirePath(
  path: PathExpression,
  allowed: readonly StaticType[],
  expected: string,
  check: Check,
): void {
  const type = pathType(path, check)
  if (type === 'any' || allowed.includes(type)) return
  const hint = type === 'number' ? `compare it: ${path.name} == 0` : undefined
  check.report('type_mismatch', path, `'${path.name}' is ${describeType(type)}, not ${expected}`, hint)
}

function requireNumber(expression: Expression, check: Check): void {
  const type = typeOf(expression, check)
  if (type === 'number' || type === 'any') return
  check.report(
    'type_mismatch',
    expression,
    `${printExpression(expression)} is ${describeType(type)}, not a number`,
  )
}

function checkComparison(expression: Extract<Expression, { kind: 'compare' }>, check: Check): void {
  const { operator, left, right } = expression
  if (operator !== '==' && operator !== '!=') {
    requireNumber(left, check)
    requireNumber(right, check)
    return
  }
  const leftType = typeOf(left, check)
  const rightType = typeOf(right, check)
  if (!areComparable(leftType, rightType)) {
    const message = `${describeType(leftType)} is never equal to ${describeType(rightType)}`
    const hint = leftType === 'list' ? 'compare len(…), or use in' : undefined
    check.report(
      'type_mismatch',
      expression,
      leftType === rightType ? 'lists cannot be compared' : message,
      hint,
    )
  }
  checkStatusLiteral(left, right, check)
  checkStatusLiteral(right, left, check)
}

function checkStatusLiteral(side: Expression, other: Expression, { scope, report }: Check): void {
  if (side.kind !== 'status' || other.kind !== 'literal' || typeof other.value !== 'string') return
  if (scope.states.has(other.value)) return
  report(
    'unknown_state',
    other,
    `there is no state '${other.value}'`,
    suggest(other.value, scope.states, 'the states'),
  )
}

function checkMembership({ item, set }: Extract<Expression, { kind: 'in' }>, check: Check): void {
  const itemType = typeOf(item, check)
  if (set.kind !== 'set') {
    requirePath(set, ['list'], 'a list', check)
    return
  }
  let setType: StaticType = 'null'
  for (const [index, value] of set.items.entries()) {
    const type = literalType(value)
    if (setType === 'null') setType = type
    if (type !== 'null' && type !== setType) {
      check.report(
        'type_mismatch',
        set,
        `the set mixes ${describeType(setType)} and ${describeType(type)}`,
        undefined,
        index,
      )
    } else if (!areComparable(itemType, type)) {
      check.report(
        'type_mismatch',
        set,
        `${describeType(itemType)} is never equal to ${describeType(type)}`,
        undefined,
        index,
      )
    } else if (item.kind === 'status' && typeof value === 'string' && !check.scope.states.has(value)) {
      const hint = suggest(value, check.scope.states, 'the states')
      check.report('unknown_state', set, `there is no state '${value}'`, hint, index)
    }
  }
}
