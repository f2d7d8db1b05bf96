// What was answered, held against what is stored: nothing acknowledged is lost, nothing is there twice or from nowhere,
// the order is kept, and every event is what the model decides of the state before it.
import { decide, formatEntityKey, journalEvent, evolve } from '@perdure/core'
import type {
  Command,
  EntityEvent,
  EntityKey,
  EntityModel,
  EntitySpec,
  EntityState,
  JsonValue,
} from '@perdure/core'
import { modelOf } from '../properties/model-of.ts'
import { referenceFold } from '../properties/reference-fold.ts'
import { demand, demandSame } from '../properties/violation.ts'
import type { Entry, Ledger } from './ledger.ts'

/** Everything that is stored of one entity. */
export interface StoredEntity {
  readonly entity: EntityKey
  readonly spec: EntitySpec
  readonly events: readonly EntityEvent[]
}

/** @throws Violation when an answer and the log of its entity contradict each other */
export function checkLedger(ledger: Ledger, stored: readonly StoredEntity[], inlineMaxBytes: number): void {
  for (const each of stored) {
    const name = formatEntityKey(each.entity)
    const entries = ledger.entries.filter(
      ({ entity }) => entity.id === each.entity.id && entity.type === each.entity.type,
    )
    const byCommand = checkOrigins(name, each.events, entries)
    const states = checkStates(name, each, inlineMaxBytes)
    for (const entry of entries) checkAnswer(name, entry, each.events, states, byCommand)
    checkOrder(name, entries)
    checkDecisions(name, each, inlineMaxBytes)
  }
}

/** P40: each event was asked for, and no command came to two. */
function checkOrigins(
  name: string,
  events: readonly EntityEvent[],
  entries: readonly Entry[],
): ReadonlyMap<string, EntityEvent> {
  const tried = new Set(entries.map(({ id }) => id))
  const byCommand = new Map<string, EntityEvent>()
  for (const event of events) {
    const id = event.correlationId ?? ''
    demand(tried.has(id), `${name}: event ${event.sequence} (${event.action}) was never asked for`)
    const twin = byCommand.get(id)
    demand(
      twin === undefined,
      `${name}: command ${id} (${event.action}) happened twice, as events ${twin?.sequence} and ${event.sequence}`,
    )
    byCommand.set(id, event)
  }
  return byCommand
}

/** P28 and P2: events run on without a gap, and every state is well formed. @returns the state at each version */
function checkStates(
  name: string,
  { spec, events }: StoredEntity,
  inlineMaxBytes: number,
): readonly EntityState[] {
  const states = new Set([...spec.states, 'Deleted'])
  return events.map((event, index) => {
    demand(event.sequence === index + 1, `${name}: event ${index + 1} has sequence ${event.sequence}`)
    const { state } = referenceFold(spec, events.slice(0, index + 1), inlineMaxBytes)
    demand(states.has(state.status), `${name}: ${state.status} is no status of ${spec.name}`)
    for (const [variable, value] of Object.entries(state.counters))
      demand(
        Number.isSafeInteger(value) && value >= 0,
        `${name}: after event ${event.sequence} the counter ${variable} is ${value}`,
      )
    return state
  })
}

/** P12, P20 and P39: what was acknowledged is stored as it was answered; what was refused left nothing. */
function checkAnswer(
  name: string,
  { id, command, outcome }: Entry,
  events: readonly EntityEvent[],
  states: readonly EntityState[],
  byCommand: ReadonlyMap<string, EntityEvent>,
): void {
  const what = `${name}: command ${id} (${command.kind === 'ask' ? command.action : command.kind})`
  if (outcome?.kind === 'broken') demand(false, `${what} was answered with ${String(outcome.error)}`)
  if (outcome?.kind === 'refused')
    demand(!byCommand.has(id), `${what} was refused (${outcome.code}), and happened`)
  if (outcome?.kind !== 'acked') return
  const { event, state } = outcome
  if (event === undefined) {
    demand(byCommand.has(id), `${what} was acknowledged, and is not stored`)
    return
  }
  const found = events[event.sequence - 1]
  demand(found !== undefined, `${what} was acknowledged as event ${event.sequence}, and is not stored`)
  demandSame(event, found, `${what}, as acknowledged and as stored`)
  if (state !== undefined)
    demandSame({ ...state }, states[event.sequence - 1] ?? null, `${what}, the state that was answered`)
}

/** P41: commands of one asker happen in the order they were asked. */
function checkOrder(name: string, entries: readonly Entry[]): void {
  const newest = new Map<number, number>()
  for (const { id, life, outcome } of entries) {
    if (outcome?.kind !== 'acked' || outcome.event?.correlationId !== id) continue
    const { sequence } = outcome.event
    const before = newest.get(life) ?? 0
    demand(
      sequence > before,
      `${name}: command ${id} became event ${sequence}, after a later one became ${before}`,
    )
    newest.set(life, sequence)
  }
}

/** Every event of an action is what the model decides of the state before it and of what it says it knew. */
function checkDecisions(name: string, { spec, events, entity }: StoredEntity, inlineMaxBytes: number): void {
  const model = modelOf(spec, inlineMaxBytes)
  for (const [index, event] of events.entries()) {
    // A value that the log holds by reference cannot be decided on again.
    if (index === 0 || event.paramRefs !== undefined || !model.actions.has(event.action)) continue
    const before = referenceFold(spec, events.slice(0, index), inlineMaxBytes)
    const contents = new Map<string, JsonValue>()
    for (const [field, { hash }] of Object.entries(before.state.refs)) {
      const value = before.values.get(field)
      if (value !== undefined) contents.set(hash, value)
    }
    const command: Command = { kind: 'action', action: event.action, params: event.params, meta: {} }
    const decision = decide(model, before.state, command, {
      entity,
      now: event.at,
      eventId: event.eventId,
      knowledge: { contents, related: new Map(Object.entries(event.related ?? {})) },
    })
    // Content that only the log's reference names is not at hand here; nothing can be said then.
    if (decision.kind === 'needs') continue
    const what = `${name}: event ${event.sequence} (${event.action})`
    demand(
      decision.kind === 'event',
      () => `${what} is stored, and the model refuses it: ${refusalOf(decision)}`,
    )
    demandSame(factsOf(model, before.state, decision.event), pick(event), `${what}, as stored and as decided`)
  }
}

function refusalOf(decision: ReturnType<typeof decide>): string {
  return decision.kind === 'rejection' ? decision.rejection.message : ''
}

function factsOf(model: EntityModel, before: EntityState, event: EntityEvent): unknown {
  return pick(journalEvent(model, event, evolve(model, before, [event]).state))
}

function pick({ action, from, to, params, effects }: EntityEvent): unknown {
  return { action, from, to, params, effects }
}
