// One command against one state: preconditions, the model's decision, and what the event comes to. Called by the entity's
// process; touches nothing, and takes only time and ids from outside.
import {
  commandName,
  decide,
  evolve,
  formatEntityKey,
  journalEvent,
  jsonSize,
  sizeBound,
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
import { measureState } from './measure-state.ts'
import type { PendingEvent } from './pending-command.ts'

/** What a decision takes into account. */
export interface DecisionInput {
  readonly deps: Pick<EntityDeps, 'clock' | 'ids' | 'telemetry'>
  readonly model: EntityModel
  readonly entity: EntityKey
  readonly state: EntityState
  /** An upper bound of its bytes; absent when nobody has measured it. */
  readonly stateBytes?: number | undefined
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

function carryOut(
  { model, entity, state: before, stateBytes }: DecisionInput,
  decided: EntityEvent,
): DecidedCommand {
  const { state, overflow } = evolve(model, before, [decided])
  const event = journalEvent(model, decided, state)
  const json = event as unknown as JsonObject
  const { maxEventBytes, maxStateBytes } = model.limits
  const refuse = (what: string, bytes: number, maxBytes: number): DecidedCommand => {
    const error = new PayloadTooLarge(formatEntityKey(entity), `${what} ${event.action}`, bytes, maxBytes)
    return { kind: 'refusal', error }
  }
  let eventBytes = sizeBound(json, maxEventBytes)
  if (eventBytes > maxEventBytes) eventBytes = jsonSize(json)
  if (eventBytes > maxEventBytes) return refuse('the event of', eventBytes, maxEventBytes)
  const measured = measureState({ before, stateBytes, event, eventBytes, state }, maxStateBytes)
  return measured.isOver
    ? refuse('the state after', measured.bytes, maxStateBytes)
    : { kind: 'event', event, state, overflow, stateBytes: measured.bytes }
}
