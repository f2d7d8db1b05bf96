// Expressions back to text, in the modern grammar, with the fewest parentheses that keep the meaning. Used by
// explanations here and by the parser's printer, so there is one way an expression reads.
import type { EffectArgument } from './effect.ts'
import type { Expression, Literal, PathExpression, SetExpression } from './expression.ts'

/** How tightly each kind binds; a part that binds looser than its place asks for gets parentheses. */
const binding = { implies: 0, or: 1, and: 2, unary: 3, term: 4, sum: 5, operand: 6 } as const

/** Prints an expression. */
export function printExpression(expression: Expression): string {
  return print(expression, binding.implies)
}

/** Prints a literal: strings in single quotes, with `\'` and `\\`; numbers without an exponent. */
export function printLiteral(value: Literal): string {
  if (typeof value === 'string') return `'${value.replaceAll(/['\\]/g, '\\$&')}'`
  return typeof value === 'number' ? printNumber(value) : String(value)
}

/** The grammar has no exponents. Above 1e21 a number is an integer, below 1e-6 its digits move behind zeros. */
function printNumber(value: number): string {
  if (Math.abs(value) >= 1e21) return BigInt(value).toString()
  const [mantissa = '', exponent] = String(value).split('e-')
  if (exponent === undefined) return mantissa
  const sign = value < 0 ? '-' : ''
  return `${sign}0.${'0'.repeat(Number(exponent) - 1)}${mantissa.replace(/[-.]/g, '')}`
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
  }
}

function print(expression: Expression, place: number): string {
  const [text, strength] = printUnwrapped(expression)
  return strength < place ? `(${text})` : text
}

function printUnwrapped(expression: Expression): readonly [text: string, strength: number] {
  switch (expression.kind) {
    case 'literal':
      return [printLiteral(expression.value), binding.operand]
    case 'status':
      return ['status', binding.operand]
    case 'variable':
    case 'param':
      return [printArgument(expression), binding.operand]
    case 'relatedStatus':
      return [`${expression.entityType}[${printArgument(expression.path)}].status`, binding.operand]
    case 'length':
      return [`len(${printArgument(expression.path)})`, binding.operand]
    case 'empty':
      return [`empty(${printArgument(expression.path)})`, binding.unary]
    case 'sum':
      return [printSum(expression.terms), binding.sum]
    case 'compare':
      return [
        `${print(expression.left, binding.sum)} ${expression.operator} ${print(expression.right, binding.sum)}`,
        binding.term,
      ]
    case 'in':
      return [
        `${print(expression.item, binding.sum)} ${expression.negated ? 'not in' : 'in'} ${printSet(expression.set)}`,
        binding.term,
      ]
    case 'not':
      return [
        `!${print(expression.operand, isAtom(expression.operand) ? binding.unary : binding.operand + 1)}`,
        binding.unary,
      ]
    case 'and':
      return [expression.operands.map((operand) => print(operand, binding.unary)).join(' && '), binding.and]
    case 'or':
      return [expression.operands.map((operand) => print(operand, binding.and)).join(' || '), binding.or]
    case 'implies':
      return [
        `${print(expression.left, binding.or)} => ${print(expression.right, binding.implies)}`,
        binding.implies,
      ]
  }
}

function isAtom({ kind }: Expression): boolean {
  return kind === 'not' || kind === 'empty' || kind === 'variable' || kind === 'param' || kind === 'literal'
}

function printSum(terms: readonly { readonly sign: '+' | '-'; readonly operand: Expression }[]): string {
  return terms
    .map(
      ({ sign, operand }, index) =>
        `${index === 0 && sign === '+' ? '' : index === 0 ? '-' : ` ${sign} `}${print(operand, binding.operand)}`,
    )
    .join('')
}

function printSet(set: SetExpression): string {
  return set.kind === 'set' ? `[${set.items.map(printLiteral).join(', ')}]` : printArgument(set)
}
