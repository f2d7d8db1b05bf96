// The constants that a spec compares things with: where its guards change their minds. Numbers come with their neighbours.
import type { EntitySpec, Expression, Literal } from '@perdure/core'

/** Constants of a spec, by type. */
export interface MinedLiterals {
  readonly strings: readonly string[]
  readonly numbers: readonly number[]
}

/** Collects the constants of all guards, invariants and effects. */
export function mineLiterals(spec: EntitySpec): MinedLiterals {
  const found: Literal[] = []
  const take = (expression: Expression | undefined): void => {
    if (expression !== undefined) collect(expression, found)
  }
  for (const { guard, effects } of spec.actions) {
    take(guard)
    for (const effect of effects)
      for (const part of Object.values(effect) as unknown[]) if (isLiteral(part)) found.push(part.value)
  }
  for (const { assert } of [...spec.invariants, ...spec.fieldInvariants]) take(assert)
  const strings = new Set(found.filter((value) => typeof value === 'string'))
  const numbers = new Set(
    found.filter((value) => typeof value === 'number').flatMap((value) => [value - 1, value, value + 1]),
  )
  for (const state of spec.states) strings.delete(state)
  return { strings: [...strings], numbers: [...numbers] }
}

function isLiteral(part: unknown): part is { readonly kind: 'literal'; readonly value: Literal } {
  return typeof part === 'object' && part !== null && (part as { kind?: unknown }).kind === 'literal'
}

function collect(expression: Expression, found: Literal[]): void {
  switch (expression.kind) {
    case 'literal':
      found.push(expression.value)
      return
    case 'sum':
      for (const { operand } of expression.terms) collect(operand, found)
      return
    case 'compare':
    case 'implies':
      collect(expression.left, found)
      collect(expression.right, found)
      return
    case 'in':
      collect(expression.item, found)
      if (expression.set.kind === 'set') found.push(...expression.set.items)
      return
    case 'not':
      collect(expression.operand, found)
      return
    case 'and':
    case 'or':
      for (const operand of expression.operands) collect(operand, found)
      return
    default:
  }
}
