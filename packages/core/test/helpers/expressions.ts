// Expressions as a test would write them: `compare(read('turns'), '>', literal(0))`.
import type { ComparisonOperator, Expression, Literal, PathExpression, SetExpression } from '@perdure/core'

export const read = (name: string): PathExpression => ({ kind: 'variable', name })
export const param = (name: string): PathExpression => ({ kind: 'param', name })
export const literal = (value: Literal): Expression & { readonly kind: 'literal' } => ({
  kind: 'literal',
  value,
})
export const status: Expression = { kind: 'status' }
export const length = (path: PathExpression): Expression => ({ kind: 'length', path })
export const empty = (path: PathExpression): Expression => ({ kind: 'empty', path })
export const not = (operand: Expression): Expression => ({ kind: 'not', operand })
export const and = (...operands: readonly Expression[]): Expression => ({ kind: 'and', operands })
export const or = (...operands: readonly Expression[]): Expression => ({ kind: 'or', operands })
export const implies = (left: Expression, right: Expression): Expression => ({ kind: 'implies', left, right })
export const setOf = (...items: readonly Literal[]): SetExpression => ({ kind: 'set', items })

export const related = (entityType: string, path: PathExpression): Expression => ({
  kind: 'relatedStatus',
  entityType,
  path,
})

export const compare = (left: Expression, operator: ComparisonOperator, right: Expression): Expression => ({
  kind: 'compare',
  operator,
  left,
  right,
})

export const within = (item: Expression, set: SetExpression, negated: boolean = false): Expression => ({
  kind: 'in',
  negated,
  item,
  set,
})

export const sum = (
  first: Expression,
  ...rest: readonly (readonly ['+' | '-', Expression])[]
): Expression => ({
  kind: 'sum',
  terms: [{ sign: '+', operand: first }, ...rest.map(([sign, operand]) => ({ sign, operand }))],
})
