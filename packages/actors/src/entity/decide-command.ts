// One command against one state: preconditions, the model's decision, and what the event comes to. Called by the entity's
// process; touches nothing, and takes only time and ids from outside.
import {
  commandName,
  decide,
  evolve,
  fitsWithin,
  formatEntityKey,
  journalEvent,
  jsonSize,
  noTelemetry,
} from '@perdure/core'
import type {
  Command,
  EntityEvent,
  EntityKey,
  EntityModel,
  EntityState,
  JsonObject,
  Knowledge,
  Needs,
  PerdureError,
} from '@perdure/core'
import { asPerdureError } from '../errors/as-perdure-error.ts'
import { ActionRejected, PayloadTooLarge } from '../errors/host-errors.ts'
import { instruments } from '../observe/instruments.ts'
import { checkPreconditions } from './check-preconditions.ts'
import type { EntityDeps } from './entity-deps.ts'
import type { PendingEvent } from './pending-command.ts'

/** What a decision takes into account. */
export interface DecisionInput {
  readonly deps: Pick<EntityDeps, 'clock' | 'ids' | 'telemetry'>
  readonly model: EntityModel
  readonly entity: EntityKey
  readonly state: EntityState
  readonly command: Command
  readonly knowledge: Knowledge
}

/** What a command comes to: an event as it goes to the log with the state after it, a refusal, or more questions. */
export type DecidedCommand =
  | Omit<PendingEvent, 'request'>
  | { readonly kind: 'refusal'; readonly error: PerdureError }
  | { readonly kind: 'needs'; readonly needs: Needs }

/** Decides. Never throws: a fault of ours ends the one command it met. */
export function decideCommand(input: DecisionInput): DecidedCommand {
  const { telemetry } = input.deps
  if (telemetry === noTelemetry) return decideOrRefuse(input)
  const attributes = { 'perdure.type': input.entity.type, 'perdure.action': commandName(input.command) }
  const operation = telemetry.start(instruments.decide.name, attributes)
  const decided = decideOrRefuse(input)
  operation.end(decided.kind === 'refusal' ? { error: decided.error.code } : {})
  return decided.kind === 'event'
    ? { ...decided, wait: telemetry.start(instruments.queueWait.name, attributes) }
    : decided
}

function decideOrRefuse(input: DecisionInput): DecidedCommand {
  try {
    const problem = checkPreconditions(input.entity, input.state, input.command)
    return problem === undefined ? decideByModel(input) : { kind: 'refusal', error: problem }
  } catch (error) {
    return { kind: 'refusal', error: asPerdureError(error) }
  }
}

function decideByModel(input: DecisionInput): DecidedCommand {
  const { deps, model, entity, state, command, knowledge } = input
  const decision = decide(model, state, command, {
    entity,
    now: deps.clock.now(),
    eventId: deps.ids.next(),
    spawnId: () => deps.ids.next(),
    knowledge,
  })
  switch (decision.kind) {
    case 'event':
      return carryOut(input, decision.event)
    case 'rejection':
      return { kind: 'refusal', error: new ActionRejected(decision.rejection) }
    case 'needs':
      return decision
  }
}

function carryOut({ model, entity, state: before }: DecisionInput, decided: EntityEvent): DecidedCommand {
  const { state, overflow } = evolve(model, before, [decided])
  const event = journalEvent(model, decided, state)
  const json = event as unknown as JsonObject
  const { maxEventBytes } = model.limits
  if (fitsWithin(json, maxEventBytes)) return { kind: 'event', event, state, overflow }
  const what = `the event of ${event.action}`
  const error = new PayloadTooLarge(formatEntityKey(entity), what, jsonSize(json), maxEventBytes)
  return { kind: 'refusal', error }
}
