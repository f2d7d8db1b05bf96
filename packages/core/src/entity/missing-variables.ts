// Variables that a newer spec declares and an older entity does not have yet: they are at their initial value, and the
// next event says so, so that replay needs no spec to know them.
import type { EntityModel } from '../model/entity-model.ts'
import { applyEffect } from './apply-effect.ts'
import type { DecideContext } from './decide-context.ts'
import { declare } from './decide-fields.ts'
import { Draft } from './draft.ts'
import type { EntityState } from './entity-state.ts'
import type { ResolvedEffect } from './event.ts'

/** The effects that bring the missing variables into being. Every variable the entity has is among its fields or refs. */
export function missingVariables(
  model: EntityModel,
  { fields, refs }: EntityState,
): readonly ResolvedEffect[] {
  const missing = model.spec.variables.filter(
    ({ name }) => !Object.hasOwn(fields, name) && !Object.hasOwn(refs, name),
  )
  return missing.map((variable) => declare(variable))
}

/** The state as if it had those variables already. */
export function withVariables(
  model: EntityModel,
  state: EntityState,
  missing: readonly ResolvedEffect[],
  { now }: DecideContext,
): EntityState {
  const draft = new Draft(state)
  const origin = { params: {}, sequence: state.version, at: now }
  for (const effect of missing) applyEffect(draft, origin, effect)
  return draft.close(model.policies).state
}
