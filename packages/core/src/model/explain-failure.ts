// Why an expression was false: its smallest part that decides, with the values that part saw. Walks the tree; called
// only after a refusal, never on the way to an event.
import { canonicalJson } from '../json/canonical-json.ts'
import type { Expression, PathExpression } from '../spec/expression.ts'
import { printArgument, printExpression } from '../spec/print-expression.ts'
import { compileEach, compileTest } from './evaluate-expression.ts'
import { OverflowedValue } from './scope.ts'
import type { Scope, ScopeValue } from './scope.ts'

/** The part of an expression that made it fail. */
export interface FailingPart {
  /** That part, as text. */
  readonly expression: string
  /** What the names in it read; `•••` for a sensitive one. */
  readonly values: Readonly<Record<string, string>>
}

/** Explains why the expression is not true in this scope. `isSensitive` says whose values are masked. */
export function explainFailure(
  expression: Expression,
  scope: Scope,
  isSensitive: (name: string) => boolean,
): FailingPart {
  const part = smallestPart(expression, scope)
  const values: Record<string, string> = {}
  for (const leaf of leaves(part)) {
    const name =
      leaf.kind === 'status'
        ? 'status'
        : leaf.kind === 'relatedStatus'
          ? printExpression(leaf)
          : printArgument(leaf)
    const isSecret = 'name' in leaf && isSensitive(leaf.name)
    values[name] = isSecret ? '•••' : compileEach(leaf)(scope).map(show).join(', ')
  }
  return { expression: printExpression(part), values }
}

/** A failing part as a sentence: `turns > 0 was false: turns = 0`. */
export function formatFailingPart({ expression, values }: FailingPart): string {
  const seen = Object.entries(values).map(([name, value]) => `${name} = ${value}`)
  return seen.length === 0 ? `${expression} was false` : `${expression} was false: ${seen.join(', ')}`
}

/** Descends into an expression that is not true while one child alone is to blame. */
function smallestPart(expression: Expression, scope: Scope): Expression {
  switch (expression.kind) {
    case 'and': {
      const culprit = expression.operands.find((operand) => !compileTest(operand)(scope))
      return culprit === undefined ? expression : smallestPart(culprit, scope)
    }
    case 'implies':
      return smallestPart(expression.right, scope)
    case 'not':
      return smallestNegation(expression, scope)
    default:
      return expression
  }
}

/** `!(a || b)` fails because of a part that holds: `!a` alone is to blame. `!!a` is `a`. */
function smallestNegation(expression: Extract<Expression, { kind: 'not' }>, scope: Scope): Expression {
  const { operand } = expression
  if (operand.kind === 'not') return smallestPart(operand.operand, scope)
  if (operand.kind !== 'or') return expression
  const culprit = operand.operands.find((part) => compileTest(part)(scope))
  return culprit === undefined ? expression : smallestNegation({ kind: 'not', operand: culprit }, scope)
}

type Leaf = PathExpression | Extract<Expression, { kind: 'status' | 'relatedStatus' }>

function leaves(expression: Expression): readonly Leaf[] {
  switch (expression.kind) {
    case 'literal':
      return []
    case 'status':
    case 'variable':
    case 'param':
    case 'relatedStatus':
      return [expression]
    case 'length':
    case 'empty':
      return [expression.path]
    case 'sum':
      return expression.terms.flatMap(({ operand }) => leaves(operand))
    case 'compare':
    case 'implies':
      return [...leaves(expression.left), ...leaves(expression.right)]
    case 'in':
      return [...leaves(expression.item), ...(expression.set.kind === 'set' ? [] : [expression.set])]
    case 'not':
      return leaves(expression.operand)
    case 'and':
    case 'or':
      return expression.operands.flatMap(leaves)
  }
}

const shownCharacters = 80

/** A value short enough for a message. */
function show(value: ScopeValue): string {
  if (value instanceof OverflowedValue) return `<${value.content.size} bytes>`
  const text = typeof value === 'string' ? `'${value}'` : canonicalJson(value)
  return text.length <= shownCharacters
    ? text
    : `${text.slice(0, shownCharacters)}… (${text.length} characters)`
}
