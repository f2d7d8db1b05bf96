// Expressions as TLA+. Sorts are kept apart, for TLC refuses to compare a string with a number: nothing is `Null`, a
// string; what has no counterpart becomes a choice of the action.
import type { EntitySpec, Expression, Literal, PathExpression, ValueType } from '@perdure/core'

/** Where an expression stands. */
export interface TlaScope {
  readonly spec: EntitySpec
  /** Types of the params in scope. */
  readonly params: ReadonlyMap<string, ValueType>
  /** Takes a quantifier, `name \in set`, for what is chosen from outside; undefined where nothing can be chosen. */
  readonly choose?: (name: string, set: string) => void
}

/** Thrown for what cannot be said here; its message says what. */
export class Inexpressible extends Error {}

/** An expression as a TLA+ truth. @throws Inexpressible */
export function tlaTest(expression: Expression, scope: TlaScope): string {
  switch (expression.kind) {
    case 'and':
      return join(expression.operands, ' /\\ ', scope)
    case 'or':
      return join(expression.operands, ' \\/ ', scope)
    case 'not':
      return `~(${tlaTest(expression.operand, scope)})`
    case 'implies':
      return `((${tlaTest(expression.left, scope)}) => (${tlaTest(expression.right, scope)}))`
    case 'compare':
      return compare(expression, scope)
    case 'in': {
      const item = tlaValue(expression.item, scope)
      const set =
        expression.set.kind === 'set'
          ? `{${expression.set.items.map(tlaLiteral).join(', ')}}`
          : members(expression.set, scope)
      return `(${item} ${expression.negated ? '\\notin' : '\\in'} ${set})`
    }
    case 'empty':
      return isEmpty(expression.path, scope)
    case 'literal':
      return expression.value === true ? 'TRUE' : 'FALSE'
    default:
      return `(${tlaValue(expression, scope)} = TRUE)`
  }
}

/** An expression as a TLA+ value. @throws Inexpressible */
function tlaValue(expression: Expression, scope: TlaScope): string {
  switch (expression.kind) {
    case 'literal':
      return tlaLiteral(expression.value)
    case 'status':
      return 'status'
    case 'variable':
    case 'param':
      return tlaPath(expression)
    case 'length': {
      const type = typeOf(expression.path, scope)
      if (type === 'set') return `Cardinality(${tlaPath(expression.path)})`
      return `Len(${tlaPath(expression.path)})`
    }
    case 'sum':
      return `(${expression.terms
        .map(
          ({ sign, operand }, index) =>
            `${index === 0 && sign === '+' ? '' : ` ${sign} `}${tlaValue(operand, scope)}`,
        )
        .join('')})`
    case 'relatedStatus': {
      if (scope.choose === undefined) throw new Inexpressible('the status of another entity')
      const name = `r_${expression.entityType}_${expression.path.name}`
      scope.choose(name, `{Null, "AnyOther"} \\cup Mentioned`)
      return name
    }
    default:
      return tlaTest(expression, scope)
  }
}

/** The TLA+ name of a variable or param. */
export function tlaPath({ kind, name }: PathExpression): string {
  return `${kind === 'param' ? 'p' : 'v'}_${name}`
}

/** A literal. Fractions have no counterpart. @throws Inexpressible */
export function tlaLiteral(value: Literal): string {
  if (value === null) return 'Null'
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  if (!Number.isInteger(value)) throw new Inexpressible(`the fraction ${value}`)
  return String(value)
}

/** The type that a path has. */
function typeOf({ kind, name }: PathExpression, { spec, params }: TlaScope): ValueType {
  if (kind === 'param') return params.get(name) ?? 'json'
  return spec.variables.find((variable) => variable.name === name)?.type ?? 'string'
}

function join(operands: readonly Expression[], sign: string, scope: TlaScope): string {
  return `(${operands.map((operand) => tlaTest(operand, scope)).join(sign)})`
}

const operators = { '==': '=', '!=': '/=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const

function compare(
  { operator, left, right }: Extract<Expression, { kind: 'compare' }>,
  scope: TlaScope,
): string {
  return `(${tlaValue(left, scope)} ${operators[operator]} ${tlaValue(right, scope)})`
}

function members(path: PathExpression, scope: TlaScope): string {
  return typeOf(path, scope) === 'set' ? tlaPath(path) : `Range(${tlaPath(path)})`
}

function isEmpty(path: PathExpression, scope: TlaScope): string {
  const text = tlaPath(path)
  switch (typeOf(path, scope)) {
    case 'list':
      return `(${text} = <<>>)`
    case 'set':
      return `(${text} = {})`
    case 'string':
    case 'ref':
    case 'json':
      return `(${text} \\in {"", Null})`
    default:
      return 'FALSE'
  }
}
