// Compiles expressions to closures once a model, so that a decision walks no tree. Called by compile-model; evaluation
// is total: whatever the state and params hold, it answers, and names in the scope's needs what it could not see.
import type { JsonValue } from '../json/json-value.ts'
import { own } from '../json/own.ts'
import type { Expression, PathExpression, SetExpression } from '../spec/expression.ts'
import { compareValues, isEmptyValue, valuesEqual } from './compare-values.ts'
import { readContent, readName, relatedKey } from './scope.ts'
import type { Scope, ScopeValue } from './scope.ts'

/** An expression that gives a value. */
export type CompiledValue = (scope: Scope) => ScopeValue

/** An expression used as a test. */
export type CompiledTest = (scope: Scope) => boolean

/** Compiles an expression to a test; only `true` passes. */
export function compileTest(expression: Expression): CompiledTest {
  switch (expression.kind) {
    case 'and': {
      const tests = expression.operands.map(compileTest)
      return (scope) => {
        for (const test of tests) if (!test(scope)) return false
        return true
      }
    }
    case 'or': {
      const tests = expression.operands.map(compileTest)
      return (scope) => {
        for (const test of tests) if (test(scope)) return true
        return false
      }
    }
    case 'not': {
      const test = compileTest(expression.operand)
      return (scope) => !test(scope)
    }
    case 'implies': {
      const left = compileTest(expression.left)
      const right = compileTest(expression.right)
      return (scope) => !left(scope) || right(scope)
    }
    case 'compare': {
      if (!isPlural(expression.left) && !isPlural(expression.right)) {
        const left = compileValue(expression.left)
        const right = compileValue(expression.right)
        const { operator } = expression
        return (scope) => compareValues(operator, left(scope), right(scope))
      }
      const left = compileEach(expression.left)
      const right = compileEach(expression.right)
      const { operator } = expression
      return (scope) => {
        const rights = right(scope)
        return left(scope).every((a) => rights.every((b) => compareValues(operator, a, b)))
      }
    }
    case 'in': {
      const item = compileEach(expression.item)
      const set = compileSet(expression.set)
      const { negated } = expression
      return (scope) => {
        const items = set(scope)
        return item(scope).every((value) => items.some((other) => valuesEqual(value, other)) !== negated)
      }
    }
    case 'empty': {
      const path = compilePath(expression.path)
      return (scope) => isEmptyValue(path(scope))
    }
    case 'literal':
    case 'status':
    case 'variable':
    case 'param':
    case 'relatedStatus':
    case 'length':
    case 'sum': {
      const value = compileValue(expression)
      return (scope) => value(scope) === true
    }
  }
}

/** Compiles an expression to a value. */
export function compileValue(expression: Expression): CompiledValue {
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression
      return () => value
    }
    case 'status':
      return ({ status }) => status
    case 'variable':
    case 'param':
      return compilePath(expression)
    case 'length': {
      const path = compileContent(expression.path)
      return (scope) => lengthOf(path(scope))
    }
    case 'sum': {
      const terms = expression.terms.map(({ sign, operand }) => ({
        factor: sign === '+' ? 1 : -1,
        value: compileValue(operand),
      }))
      return (scope) => {
        let total = 0
        for (const { factor, value } of terms) {
          const term = value(scope)
          if (typeof term !== 'number') return null
          total += factor * term
        }
        return total
      }
    }
    case 'relatedStatus': {
      const each = compileEach(expression)
      return (scope) => each(scope)[0] ?? null
    }
    case 'empty':
    case 'compare':
    case 'in':
    case 'not':
    case 'and':
    case 'or':
    case 'implies':
      return compileTest(expression)
  }
}

/** Compiles to all the values an expression stands for: one for each entity of a related status, else just one. */
export function compileEach(expression: Expression): (scope: Scope) => readonly ScopeValue[] {
  if (!isPlural(expression)) {
    const value = compileValue(expression)
    return (scope) => [value(scope)]
  }
  const path = compileContent(expression.path)
  const { entityType } = expression
  return (scope) => {
    const target = path(scope)
    const ids = (Array.isArray(target) ? (target as readonly JsonValue[]) : [target]).filter(
      (id): id is string => typeof id === 'string' && id !== '',
    )
    return ids.length === 0 ? [null] : ids.map((id) => readRelatedStatus(scope, entityType, id))
  }
}

/** Whether an expression may stand for several values. */
function isPlural(
  expression: Expression,
): expression is Extract<Expression, { readonly kind: 'relatedStatus' }> {
  return expression.kind === 'relatedStatus'
}

function readRelatedStatus(scope: Scope, type: string, id: string): string | null {
  const related = { type, id }
  const status = scope.knowledge.related?.get(relatedKey(related))
  if (status === undefined) scope.needs.related.set(relatedKey(related), related)
  return status ?? null
}

function compilePath(path: PathExpression): CompiledValue {
  const { name } = path
  return path.kind === 'param' ? ({ params }) => own(params, name) ?? null : (scope) => readName(scope, name)
}

/** A path whose content is looked into: length, membership, ids. */
function compileContent(path: PathExpression): (scope: Scope) => JsonValue {
  const { name } = path
  return path.kind === 'param'
    ? ({ params }) => own(params, name) ?? null
    : (scope) => readContent(scope, name)
}

function compileSet(set: SetExpression): (scope: Scope) => readonly JsonValue[] {
  if (set.kind === 'set') {
    const { items } = set
    return () => items
  }
  const path = compileContent(set)
  return (scope) => {
    const value = path(scope)
    return Array.isArray(value) ? (value as readonly JsonValue[]) : []
  }
}

/** Items of a list, characters (UTF-16 units) of a string; null of anything else. */
function lengthOf(value: JsonValue): number | null {
  if (typeof value === 'string') return value.length
  return Array.isArray(value) ? value.length : null
}
