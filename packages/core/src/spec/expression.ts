// The one expression language of guards and invariants, as data. Parsed by spec-parser, compiled by model/.
// Nodes carry no positions, so that two specs that say the same are equal.

/** A literal of the expression language. */
export type Literal = string | number | boolean | null

/** A name that reads the entity: a variable or field, or a param of the command. */
export type PathExpression =
  { readonly kind: 'variable'; readonly name: string } | { readonly kind: 'param'; readonly name: string }

/** Comparison operators. Ordering with a non-number is false; `==` across types is false. */
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>='

/** What `in` searches: a literal set, or a list read from the entity or the command. */
export type SetExpression = { readonly kind: 'set'; readonly items: readonly Literal[] } | PathExpression

/** One signed operand of a sum. */
export interface SumTerm {
  readonly sign: '+' | '-'
  readonly operand: Expression
}

/** A guard or an invariant. `and`, `or` and `sum` are flat, so a long chain is not a deep tree. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Literal }
  | { readonly kind: 'status' }
  | PathExpression
  /** `Type[path].status`: the status of the related entity (all of them, when the path holds several). */
  | { readonly kind: 'relatedStatus'; readonly entityType: string; readonly path: PathExpression }
  | { readonly kind: 'length'; readonly path: PathExpression }
  | { readonly kind: 'empty'; readonly path: PathExpression }
  | { readonly kind: 'sum'; readonly terms: readonly SumTerm[] }
  | {
      readonly kind: 'compare'
      readonly operator: ComparisonOperator
      readonly left: Expression
      readonly right: Expression
    }
  | { readonly kind: 'in'; readonly negated: boolean; readonly item: Expression; readonly set: SetExpression }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'and'; readonly operands: readonly Expression[] }
  | { readonly kind: 'or'; readonly operands: readonly Expression[] }
  | { readonly kind: 'implies'; readonly left: Expression; readonly right: Expression }
