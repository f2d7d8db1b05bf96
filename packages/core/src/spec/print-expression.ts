// Expressions back to text, in the modern grammar: print, then parse, gives an equal tree. Used by explanations here, by
// the parser's printer and by diagrams, so there is one way an expression reads.
import { assertNever } from '../errors/assert-never.ts'
import type { EffectArgument } from './effect.ts'
import type { Expression, Literal, PathExpression, SetExpression } from './expression.ts'

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
      return `empty(${printArgument(expression.path)})`
    case 'length':
      return `len(${printArgument(expression.path)})`
    case 'sum':
      return expression.terms
        .map(({ sign, operand }, index) => `${index === 0 ? '' : ` ${sign} `}${atLeast(7, operand)}`)
        .join('')
    case 'relatedStatus':
      return `${expression.entityType}[${printArgument(expression.path)}].status`
    case 'status':
      return 'status'
    case 'literal':
      return printLiteral(expression.value)
    case 'variable':
    case 'param':
      return printArgument(expression)
    default:
      return assertNever(expression)
  }
}

/** The text of a literal; numbers without an exponent, strings in single quotes. */
export function printLiteral(value: Literal): string {
  if (typeof value === 'string') return `'${value.replaceAll(/[\\']/g, '\\$&')}'`
  return typeof value === 'number' ? printNumber(value) : String(value)
}

/** Prints a path or an argument: `turns`, `params.amount`, `3`. */
export function printArgument(argument: EffectArgument | PathExpression): string {
  switch (argument.kind) {
    case 'literal':
      return printLiteral(argument.value)
    case 'variable':
      return argument.name
    case 'param':
      return `params.${argument.name}`
    default:
      return assertNever(argument)
  }
}

/** The grammar has no exponents. Above 1e21 a number is an integer, below 1e-6 its digits move behind zeros. */
function printNumber(value: number): string {
  if (Math.abs(value) >= 1e21) return BigInt(value).toString()
  const [mantissa = '', exponent] = String(value).split('e-')
  if (exponent === undefined) return mantissa
  const sign = value < 0 ? '-' : ''
  return `${sign}0.${'0'.repeat(Number(exponent) - 1)}${mantissa.replace(/[-.]/g, '')}`
}

function printSet(set: SetExpression): string {
  return set.kind === 'set' ? `[${set.items.map(printLiteral).join(', ')}]` : printArgument(set)
}

function atLeast(level: number, expression: Expression): string {
  const text = printExpression(expression)
  return levels[expression.kind] >= level ? text : `(${text})`
}

/** `!a == b` would parse as `!(a == b)`; brackets say so to the reader. */
function needsBrackets(operand: Expression): boolean {
  return levels[operand.kind] <= 6 && operand.kind !== 'not' && operand.kind !== 'empty'
}
