// Expressions in plain words, for `perdure explain`. What is too nested to be read aloud is left in the language itself.
import { assertNever, printArgument, printExpression, printLiteral } from '@perdure/core'
import type { ComparisonOperator, Expression } from '@perdure/core'
import { joinWords } from '../terminal/words.ts'

const comparisons: Readonly<Record<ComparisonOperator, string>> = {
  '==': 'is',
  '!=': 'is not',
  '<': 'is less than',
  '<=': 'is at most',
  '>': 'is greater than',
  '>=': 'is at least',
}

/** An expression as a clause: `turns is greater than 0 and user_message is not empty`. */
export function describeExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'and':
      return joinWords(expression.operands.map(describePart), 'and')
    case 'or':
      return joinWords(expression.operands.map(describePart), 'or')
    case 'implies':
      return `if ${describePart(expression.left)}, then ${describePart(expression.right)}`
    case 'not':
      return describeNegation(expression.operand)
    case 'empty':
      return `${printArgument(expression.path)} is empty`
    case 'compare':
      return `${term(expression.left)} ${comparisons[expression.operator]} ${term(expression.right)}`
    case 'in':
      return describeMembership(expression)
    case 'variable':
    case 'param':
      return `${printArgument(expression)} is true`
    case 'literal':
      return expression.value === true
        ? 'always'
        : expression.value === false
          ? 'never'
          : printExpression(expression)
    case 'status':
    case 'relatedStatus':
    case 'length':
    case 'sum':
      return printExpression(expression)
    default:
      return assertNever(expression)
  }
}

/** A part of a compound; one that is compound itself would read ambiguously and stays in brackets. */
function describePart(part: Expression): string {
  const isCompound = part.kind === 'and' || part.kind === 'or' || part.kind === 'implies'
  return isCompound ? `(${describeExpression(part)})` : describeExpression(part)
}

function describeNegation(operand: Expression): string {
  switch (operand.kind) {
    case 'empty':
      return `${printArgument(operand.path)} is not empty`
    case 'variable':
    case 'param':
      return `${printArgument(operand)} is false`
    default:
      return `it is not so that ${describePart(operand)}`
  }
}

function describeMembership({ item, set, negated }: Extract<Expression, { kind: 'in' }>): string {
  if (set.kind !== 'set')
    return `${printArgument(set)} ${negated ? 'does not contain' : 'contains'} ${term(item)}`
  const [only, ...others] = set.items.map(printLiteral)
  if (only === undefined) return negated ? 'always' : 'never'
  const verb = negated ? 'is not' : 'is'
  return `${term(item)} ${verb} ${others.length === 0 ? only : joinWords([only, ...others], 'or')}`
}

function term(expression: Expression): string {
  if (expression.kind === 'length') return `the length of ${printArgument(expression.path)}`
  if (expression.kind === 'status') return 'the status'
  if (expression.kind === 'relatedStatus')
    return `the status of the ${expression.entityType} in ${printArgument(expression.path)}`
  return printExpression(expression)
}
