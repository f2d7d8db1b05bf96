// Decide: (model, state, command, context) → event, rejection, or what else it must know. Pure; the one place where the
// spec is asked whether something may happen. What comes out is checked against the invariants before anybody sees it.
import { checkInvariants } from './check-invariants.ts'
import { commandName } from './command.ts'
import type { Command } from './command.ts'
import { decideAction } from './decide-action.ts'
import { decideCreate, decideUpdateFields } from './decide-fields.ts'
import type { DecideContext, Decision } from './decide-context.ts'
import { reject } from './deciding.ts'
import type { Deciding, Proposal } from './deciding.ts'
import type { EntityState } from './entity-state.ts'
import type { EntityEvent } from './event.ts'
import { missingVariables, withVariables } from './missing-variables.ts'
import type { Rejection } from './rejection.ts'
import type { EntityModel } from '../model/entity-model.ts'
import { noNeeds } from '../model/scope.ts'
import type { Needs } from '../model/scope.ts'

/** Decides a command against a state (`unborn` for `create`). Never throws for what a caller can send. */
export function decide(
  model: EntityModel,
  state: EntityState,
  command: Command,
  context: DecideContext,
): Decision {
  const missing = command.kind === 'create' ? [] : missingVariables(model, state)
  const deciding: Deciding = {
    model,
    state: missing.length === 0 ? state : withVariables(state, missing, context),
    context,
    needs: noNeeds(),
    action: commandName(command),
  }
  const proposal = propose(deciding, command)
  if (isNeedy(deciding.needs)) return { kind: 'needs', needs: deciding.needs }
  if ('code' in proposal) return { kind: 'rejection', rejection: proposal }
  const event = toEvent(deciding, command, { ...proposal, effects: [...missing, ...proposal.effects] })
  const violated = checkInvariants(deciding, command, state, event)
  if (isNeedy(deciding.needs)) return { kind: 'needs', needs: deciding.needs }
  return violated === undefined ? { kind: 'event', event } : { kind: 'rejection', rejection: violated }
}

function propose(deciding: Deciding, command: Command): Proposal | Rejection {
  const { state } = deciding
  if (state.deletedAt !== undefined) {
    return reject(
      deciding,
      'entity_deleted',
      'comes too late: the entity was deleted, and nothing follows its tombstone',
    )
  }
  switch (command.kind) {
    case 'create':
      return decideCreate(deciding, command.fields)
    case 'action':
      return decideAction(deciding, command.action, command.params)
    case 'updateFields':
      return decideUpdateFields(deciding, command.fields)
    case 'delete':
      return { to: state.status, params: {}, effects: [] }
  }
}

function toEvent(
  { model, state, context, action }: Deciding,
  command: Command,
  proposal: Proposal,
): EntityEvent {
  const { tenant, type, id } = context.entity
  const { idempotencyKey, correlationId, causationId } = command.meta
  const related = context.knowledge?.related
  return {
    tenant,
    type,
    id,
    sequence: state.version + 1,
    eventId: context.eventId,
    action,
    from: state.status,
    ...proposal,
    ...(related === undefined || related.size === 0 ? {} : { related: Object.fromEntries(related) }),
    at: context.now,
    specHash: model.specHash,
    specVersion: model.spec.version,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(causationId === undefined ? {} : { causationId }),
  }
}

function isNeedy({ fields, related }: Needs): boolean {
  return fields.size > 0 || related.size > 0
}
