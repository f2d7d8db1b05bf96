import type { Expression } from '@perdure/core'

/** Visits an expression and everything in it, the outer before the inner. A set's path counts as inner. */
export function walkExpression(expression: Expression, visit: (node: Expression) => void): void {
  visit(expression)
  for (const part of partsOf(expression)) walkExpression(part, visit)
}

function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'not':
      return [expression.operand]
    case 'and':
    case 'or':
      return expression.operands
    case 'implies':
    case 'compare':
      return [expression.left, expression.right]
    case 'in':
      return expression.set.kind === 'set' ? [expression.item] : [expression.item, expression.set]
    case 'sum':
      return expression.terms.map(({ operand }) => operand)
    case 'relatedStatus':
    case 'length':
    case 'empty':
      return [expression.path]
    default:
      return []
  }
}

/** Names of the variables and fields that an expression reads. */
export function namesRead(expression: Expression): ReadonlySet<string> {
  const names = new Set<string>()
  walkExpression(expression, (node) => {
    if (node.kind === 'variable') names.add(node.name)
  })
  return names
}
