// Variables that a newer spec declares and an older entity does not have, or has as another kind: the next event
// declares them, so that replay needs no spec to know them. A value the entity has under that name is kept if it fits.
import type { EntityModel } from '../model/entity-model.ts'
import { OverflowedValue, lookUpIn } from '../model/scope.ts'
import type { StateVariable } from '../spec/state-variable.ts'
import { applyEffect } from './apply-effect.ts'
import { typeProblem } from './check-type.ts'
import type { DecideContext } from './decide-context.ts'
import { declare, kindOf, typedKindIn } from './declare.ts'
import { Draft } from './draft.ts'
import type { EntityState } from './entity-state.ts'
import type { ResolvedEffect } from './event.ts'

/** The effects that bring the missing variables into being. */
export function missingVariables(model: EntityModel, state: EntityState): readonly ResolvedEffect[] {
  const missing = model.spec.variables.filter((variable) => !has(state, variable))
  if (missing.length === 0) return []
  const held = lookUpIn(state)
  return missing.map((variable) => {
    const value = held(variable.name) ?? null
    const isKept =
      value !== null &&
      !(value instanceof OverflowedValue) &&
      typeProblem(variable.type, value, model.limits) === undefined
    return declare(variable, isKept ? value : variable.initial)
  })
}

function has(state: EntityState, { name, type }: StateVariable): boolean {
  const kind = typedKindIn(state, name)
  if (kind !== undefined) return kind === kindOf(type)
  return kindOf(type) === 'field' && (Object.hasOwn(state.fields, name) || Object.hasOwn(state.refs, name))
}

/** The state as if it had those variables already. Nothing overflows: the event that says so is not there yet. */
export function withVariables(
  state: EntityState,
  missing: readonly ResolvedEffect[],
  { now }: DecideContext,
): EntityState {
  const draft = new Draft(state)
  const origin = { params: {}, sequence: state.version, at: now }
  for (const effect of missing) applyEffect(draft, origin, effect)
  return draft.close(() => ({ inlineMaxBytes: Infinity, journal: 'value' })).state
}
