// Variables that a newer spec declares and an older entity does not have, or has as another kind: the next event
// declares them, so that replay needs no spec to know them. A value the entity has under that name is kept if it fits.
import { noCeilings } from '../fields/field-policy.ts'
import type { EntityModel } from '../model/entity-model.ts'
import { OverflowedValue, lookUpIn } from '../model/scope.ts'
import type { StateVariable } from '../spec/state-variable.ts'
import { applyEffect } from './apply-effect.ts'
import { typeProblem } from './check-type.ts'
import type { DecideContext } from './decide-context.ts'
import { declare, kindOf, recordOf, typedKindIn } from './declare.ts'
import { Draft } from './draft.ts'
import type { EntityState } from './entity-state.ts'
import type { ResolvedEffect } from './event.ts'

/** The effects that bring the missing variables into being. */
export function missingVariables(model: EntityModel, state: EntityState): readonly ResolvedEffect[] {
  if (hasAll(state, model.spec.variables)) return none
  const missing = model.spec.variables.filter((variable) => !has(state, variable))
  return missing.map((variable) => {
    const value = lookUpIn(state, variable.name) ?? null
    const isKept =
      value !== null &&
      !(value instanceof OverflowedValue) &&
      typeProblem(variable.type, value, model.limits) === undefined
    return declare(variable, isKept ? value : variable.initial)
  })
}

const none: readonly ResolvedEffect[] = []

/** Asked before every decision. */
function hasAll(state: EntityState, variables: readonly StateVariable[]): boolean {
  for (const variable of variables) if (!has(state, variable)) return false
  return true
}

/** A name is in one of the typed records at most; one that is in none of them is a field. */
function has(state: EntityState, { name, type }: StateVariable): boolean {
  const kind = kindOf(type)
  return kind === 'field'
    ? typedKindIn(state, name) === undefined &&
        (Object.hasOwn(state.fields, name) || Object.hasOwn(state.refs, name))
    : Object.hasOwn(recordOf(state, kind), name)
}

/** The state as if it had those variables already. Nothing overflows: the event that says so is not there yet. */
export function withVariables(
  state: EntityState,
  missing: readonly ResolvedEffect[],
  { now }: DecideContext,
): EntityState {
  const draft = new Draft(state, noCeilings)
  const origin = { params: {}, sequence: state.version, at: now }
  for (const effect of missing) applyEffect(draft, origin, effect)
  return draft.close().state
}
