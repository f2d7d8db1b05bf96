// Expression → text, the inverse of parseExpression: print, then parse, gives an equal tree.
import { assertNever } from '@perdure/core'
import type { Expression, Literal, PathExpression, SetExpression } from '@perdure/core'

/** How tightly each form binds. */
const levels: Readonly<Record<Expression['kind'], number>> = {
  implies: 1,
  or: 2,
  and: 3,
  not: 4,
  compare: 5,
  in: 5,
  empty: 5,
  sum: 6,
  literal: 7,
  status: 7,
  variable: 7,
  param: 7,
  relatedStatus: 7,
  length: 7,
}

/** The text of an expression, with no bracket that is not needed. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'implies':
      return `${atLeast(2, expression.left)} => ${atLeast(1, expression.right)}`
    case 'or':
      return expression.operands.map((operand) => atLeast(3, operand)).join(' || ')
    case 'and':
      return expression.operands.map((operand) => atLeast(4, operand)).join(' && ')
    case 'not':
      return `!${needsBrackets(expression.operand) ? `(${printExpression(expression.operand)})` : printExpression(expression.operand)}`
    case 'compare':
      return `${atLeast(6, expression.left)} ${expression.operator} ${atLeast(6, expression.right)}`
    case 'in':
      return `${atLeast(6, expression.item)} ${expression.negated ? 'not in' : 'in'} ${printSet(expression.set)}`
    case 'empty':
      return `empty(${printPath(expression.path)})`
    case 'length':
      return `len(${printPath(expression.path)})`
    case 'sum':
      return expression.terms
        .map(({ sign, operand }, index) => `${index === 0 ? '' : ` ${sign} `}${atLeast(7, operand)}`)
        .join('')
    case 'relatedStatus':
      return `${expression.entityType}[${printPath(expression.path)}].status`
    case 'status':
      return 'status'
    case 'literal':
      return printLiteral(expression.value)
    case 'variable':
    case 'param':
      return printPath(expression)
    default:
      return assertNever(expression)
  }
}

/** The text of a literal; numbers without an exponent, strings in single quotes. */
export function printLiteral(value: Literal): string {
  if (typeof value === 'string') return `'${value.replaceAll(/[\\']/g, '\\$&')}'`
  return typeof value === 'number' ? printNumber(value) : String(value)
}

/** A number as digits, with a point where needed and never an exponent. */
function printNumber(value: number): string {
  const text = String(value)
  const [, digits = '', exponent = ''] = /^-?([\d.]+)e-(\d+)$/.exec(text) ?? []
  if (exponent === '') return text
  const places = Number(exponent) + (digits.split('.')[1] ?? '').length
  const fraction = digits.replace('.', '').padStart(places, '0')
  return `${value < 0 ? '-' : ''}0.${fraction}`
}

function printPath(path: PathExpression): string {
  return path.kind === 'param' ? `params.${path.name}` : path.name
}

function printSet(set: SetExpression): string {
  return set.kind === 'set' ? `[${set.items.map(printLiteral).join(', ')}]` : printPath(set)
}

function atLeast(level: number, expression: Expression): string {
  const text = printExpression(expression)
  return levels[expression.kind] >= level ? text : `(${text})`
}

/** `!a == b` would parse as `!(a == b)`; brackets say so to the reader. */
function needsBrackets(operand: Expression): boolean {
  return levels[operand.kind] <= 6 && operand.kind !== 'not' && operand.kind !== 'empty'
}
