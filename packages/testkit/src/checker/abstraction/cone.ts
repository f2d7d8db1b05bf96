// Cone of influence: the names that can make a guard or an invariant come out differently, directly or through effects.
// What is outside it is left out of the states that are explored, and changes no verdict.
import type { Effect, EffectArgument, EntitySpec, Expression, PathExpression } from '@perdure/core'

/** The variables and fields to keep. */
export function coneOfInfluence(spec: EntitySpec): ReadonlySet<string> {
  const kept = new Set<string>()
  const rules = spec.actions.filter(({ kind }) => kind !== 'output')
  for (const { guard, effects } of rules) {
    if (guard !== undefined)
      for (const path of pathsIn(guard)) if (path.kind === 'variable') kept.add(path.name)
    // Removing by index can fail, so whether its rule applies depends on the list.
    for (const effect of effects) if (effect.kind === 'removeAt') addRead(kept, effect.variable, effect)
  }
  for (const { assert } of spec.invariants)
    for (const path of pathsIn(assert)) if (path.kind === 'variable') kept.add(path.name)

  const effects = rules.flatMap((rule) => rule.effects)
  // A set grows while it is iterated, so what is added is followed too.
  for (const name of kept) {
    for (const effect of effects) {
      if ('variable' in effect && effect.variable === name) addRead(kept, name, effect)
      if (effect.kind === 'spawn' && effect.storeField === name && effect.id?.kind === 'variable')
        kept.add(effect.id.name)
    }
  }
  return kept
}

function addRead(kept: Set<string>, name: string, effect: Effect): void {
  kept.add(name)
  const argument = argumentOf(effect)
  if (argument?.kind === 'variable') kept.add(argument.name)
}

/** What a variable effect reads. */
export function argumentOf(effect: Effect): EffectArgument | undefined {
  switch (effect.kind) {
    case 'assign':
      return effect.value
    case 'add':
    case 'subtract':
      return effect.amount
    case 'append':
    case 'remove':
      return effect.item
    case 'removeAt':
      return effect.index
    default:
      return undefined
  }
}

/** Every name that an expression reads, in order, with repeats. */
export function pathsIn(expression: Expression): readonly PathExpression[] {
  switch (expression.kind) {
    case 'literal':
    case 'status':
      return []
    case 'variable':
    case 'param':
      return [expression]
    case 'relatedStatus':
    case 'length':
    case 'empty':
      return [expression.path]
    case 'sum':
      return expression.terms.flatMap(({ operand }) => pathsIn(operand))
    case 'compare':
    case 'implies':
      return [...pathsIn(expression.left), ...pathsIn(expression.right)]
    case 'in':
      return [...pathsIn(expression.item), ...(expression.set.kind === 'set' ? [] : [expression.set])]
    case 'not':
      return pathsIn(expression.operand)
    case 'and':
    case 'or':
      return expression.operands.flatMap(pathsIn)
  }
}

/** Every related status that an expression reads. */
export function relatedIn(expression: Expression): readonly Extract<Expression, { kind: 'relatedStatus' }>[] {
  switch (expression.kind) {
    case 'relatedStatus':
      return [expression]
    case 'not':
      return relatedIn(expression.operand)
    case 'and':
    case 'or':
      return expression.operands.flatMap(relatedIn)
    case 'compare':
    case 'implies':
      return [...relatedIn(expression.left), ...relatedIn(expression.right)]
    case 'in':
      return relatedIn(expression.item)
    default:
      return []
  }
}
