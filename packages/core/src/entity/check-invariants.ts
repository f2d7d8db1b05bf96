// Asks the invariants of the state an event would lead to. A violated one turns the event into a rejection.
import { noCeilings } from '../fields/field-policy.ts'
import { explainFailure, formatFailingPart } from '../model/explain-failure.ts'
import type { AssertionModel } from '../model/entity-model.ts'
import type { Scope } from '../model/scope.ts'
import { applyEvent } from './apply-event.ts'
import type { Command } from './command.ts'
import { isSensitive, reject, scopeOfDraft } from './deciding.ts'
import type { Deciding } from './deciding.ts'
import { Draft } from './draft.ts'
import type { EntityState } from './entity-state.ts'
import type { EntityEvent } from './event.ts'
import type { Rejection, RejectionCode } from './rejection.ts'

/** The first invariant that the state after the event violates, as a rejection. */
export function checkInvariants(
  deciding: Deciding,
  command: Command,
  before: EntityState,
  event: EntityEvent,
): Rejection | undefined {
  const { model } = deciding
  const invariants = model.spec.enforceInvariants && command.kind !== 'delete' ? model.invariants : []
  const ofFields = command.kind === 'create' || command.kind === 'updateFields' ? model.fieldInvariants : []
  if (invariants.length === 0 && ofFields.length === 0) return undefined
  // Fields are not cut to their ceilings yet, so what the event brings needs no fetching.
  const after = new Draft(before, noCeilings)
  applyEvent(after, event)
  const scope = scopeOfDraft(deciding, after, {})
  return (
    firstViolated(deciding, invariants, 'invariant_violated', scope) ??
    firstViolated(deciding, ofFields, 'field_invariant_violated', scope)
  )
}

function firstViolated(
  deciding: Deciding,
  assertions: readonly AssertionModel[],
  code: RejectionCode,
  scope: Scope,
): Rejection | undefined {
  for (const { name, when, test, assert, message } of assertions) {
    if (when?.has(scope.status) === false || test(scope)) continue
    const failing = explainFailure(assert, scope, (field) => isSensitive(deciding, field))
    return {
      ...reject(deciding, code, `would violate ${name}: ${message ?? formatFailingPart(failing)}`),
      failing,
    }
  }
  return undefined
}
