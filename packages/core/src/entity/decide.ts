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
import type { EntityEvent, ResolvedEffect } from './event.ts'
import { missingVariables, withVariables } from './missing-variables.ts'
import type { Rejection } from './rejection.ts'
import type { EntityModel } from '../model/entity-model.ts'
import { NeedList } from '../model/scope.ts'

/** Decides a command against a state (`unborn` for `create`). Never throws for what a caller can send. */
export function decide(
  model: EntityModel,
  state: EntityState,
  command: Command,
  context: DecideContext,
): Decision {
  const missing = command.kind === 'create' ? none : missingVariables(model, state)
  const deciding: Deciding = {
    model,
    state: missing.length === 0 ? state : withVariables(state, missing, context),
    context,
    needs: new NeedList(),
    action: commandName(command),
  }
  const proposal = propose(deciding, command)
  if (!deciding.needs.isEmpty) return needsOf(deciding)
  if ('code' in proposal) return { kind: 'rejection', rejection: proposal }
  const event = toEvent(deciding, command, proposal, missing)
  const violated = checkInvariants(deciding, command, state, event)
  if (!deciding.needs.isEmpty) return needsOf(deciding)
  return violated === undefined ? { kind: 'event', event } : { kind: 'rejection', rejection: violated }
}

function needsOf({ needs: { fields, related } }: Deciding): Decision {
  return { kind: 'needs', needs: { fields, related } }
}

const none: readonly ResolvedEffect[] = []

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

type Writable<Data> = { -readonly [Key in keyof Data]: Data[Key] }

/** Keys that say nothing are left out, not undefined. Every command comes by here: no spreads (bench/b08). */
function toEvent(
  { model, state, context, action }: Deciding,
  { meta }: Command,
  { to, params, effects, transient }: Proposal,
  missing: readonly ResolvedEffect[],
): EntityEvent {
  const { tenant, type, id } = context.entity
  const event: Writable<EntityEvent> = {
    tenant,
    type,
    id,
    sequence: state.version + 1,
    eventId: context.eventId,
    action,
    from: state.status,
    to,
    params,
    effects: missing.length === 0 ? effects : [...missing, ...effects],
    at: context.now,
    specHash: model.specHash,
    specVersion: model.spec.version,
  }
  const related = context.knowledge?.related
  if (transient !== undefined) event.transient = transient
  if (related !== undefined && related.size > 0) event.related = Object.fromEntries(related)
  if (meta.idempotencyKey !== undefined) event.idempotencyKey = meta.idempotencyKey
  if (meta.correlationId !== undefined) event.correlationId = meta.correlationId
  if (meta.causationId !== undefined) event.causationId = meta.causationId
  return event
}
