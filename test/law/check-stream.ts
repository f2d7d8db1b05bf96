// What must hold of the events of a run that is over: the law itself, and that nothing was lost or doubled.
import { canonicalJson, compileModel, decodeSnapshot, encodeSnapshot, evolve, unborn } from '@perdure/core'
import type { EntityEvent, EntityModel, EntityState, JsonValue } from '@perdure/core'
import { expect } from 'vitest'
import type { LawRun } from './law-run.ts'
import { lawSpec } from './law-spec.ts'
import { referenceFold } from './reference-fold.ts'

const model: EntityModel = compileModel(lawSpec)

/** The events of the run's entities, a list each; none of them empty. */
export type Streams = readonly (readonly [EntityEvent, ...EntityEvent[]])[]

/** The law: for one entity, at every version, from every snapshot. */
export function checkStream({ seen }: LawRun, events: Streams[number]): void {
  const [{ id }] = events
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1))
  const states: EntityState[] = [unborn]
  for (const event of events) states.push(evolve(model, states.at(-1) ?? unborn, [event]).state)
  const final = textOf(states.at(-1))

  expect(textOf(evolve(model, unborn, events).state)).toBe(final)
  expect(canonicalJson(referenceFold(lawSpec, events))).toBe(final)
  for (const [version, state] of states.entries()) {
    if (version === 0) continue
    const identity = { type: 'Law', specHash: model.specHash }
    const decoded = decodeSnapshot(identity, encodeSnapshot(identity, state))
    if (decoded.kind !== 'state') expect.unreachable(decoded.reason)
    else expect(textOf(evolve(model, decoded.state, events.slice(version)).state)).toBe(final)
  }
  for (const { event, state } of seen) {
    if (event.id !== id) continue
    expect(textOf(state)).toBe(textOf(states[event.sequence]))
    expect(canonicalJson(event as never)).toBe(canonicalJson(events[event.sequence - 1] as never))
  }
}

/** What was acknowledged is stored, once; what was refused is not there; positions have no gap. */
export function checkTraces({ seen, positions }: LawRun, streams: Streams): void {
  const events = streams.flat()
  const acknowledged = new Set(seen.map(({ event }) => event.eventId))
  const stored = events.filter(({ action }) => action !== 'Created').map(({ eventId }) => eventId)
  expect(new Set(stored)).toEqual(acknowledged)
  expect(stored).toHaveLength(acknowledged.size)
  const taken = [...positions.values()].sort((left, right) => (left < right ? -1 : 1))
  expect(taken).toHaveLength(events.length)
  expect(taken.map((position) => position - (taken[0] ?? 0n))).toEqual(taken.map((_, index) => BigInt(index)))
  for (const [index, event] of events.entries()) {
    const previous = events[index - 1]
    if (previous?.id !== event.id) continue
    expect(positions.get(event.eventId) ?? 0n).toBeGreaterThan(positions.get(previous.eventId) ?? 0n)
  }
}

/** What an entity is after its events. */
export function stateAfter(events: readonly EntityEvent[]): EntityState {
  return evolve(model, unborn, events).state
}

/** A state as text that is equal exactly when the state is. */
export function textOf(state: EntityState | undefined): string {
  return canonicalJson(JSON.parse(JSON.stringify({ ...state, toJSON: undefined })) as JsonValue)
}
