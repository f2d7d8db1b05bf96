// The XState machine of a spec and its transition table, held against each other on random specs and random commands.
import { compileModel, decide, evolve, unborn } from '@perdure/core'
import type { Command, EntityModel, EntityState, JsonObject } from '@perdure/core'
import { parseSpec } from '@perdure/spec-parser'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { getInitialSnapshot, transition } from 'xstate'
import type { AnyMachineSnapshot } from 'xstate'
import { arbitraries } from '../../testkit/src/arbitraries/arbitraries.ts'
import { arbitrarySpecText } from '../../testkit/test/checker/arbitrary-text.ts'
import { toMachine } from '../src/index.ts'
import type { MachineContext } from '../src/index.ts'

const specs = arbitrarySpecText.map((text) => parseSpec(text).spec).filter((spec) => spec !== undefined)

/** A spec, and actions to ask of an entity of it. */
const trials = specs.chain((spec) =>
  fc.record({
    spec: fc.constant(spec),
    run: arbitraries(spec, { entities: 1, maxFaults: 0, maxSteps: 40 }).run,
  }),
)

const entity = { tenant: 'default', type: 'Any', id: 'any' }
const seen = { accepted: 0, rejected: 0, ended: 0 }

/** What the table says: the state after the command, or the same one. */
function step(model: EntityModel, state: EntityState, command: Command): EntityState {
  const decision = decide(model, state, command, { entity, now: 0, eventId: 'e' })
  return decision.kind === 'event' ? evolve(model, state, [decision.event]).state : state
}

function asMachine({ counters, numbers, booleans, lists, fields }: EntityState): MachineContext {
  return { counters, numbers, booleans, lists, fields }
}

function expectSame(snapshot: AnyMachineSnapshot, state: EntityState): void {
  expect(snapshot.value).toBe(state.status)
  expect(snapshot.context).toEqual(asMachine(state))
}

it('machine and table agree on every step', () => {
  fc.assert(
    fc.property(trials, ({ spec, run }) => {
      // Nothing overflows in a machine.
      const model = compileModel(spec, { inlineMaxBytes: Infinity })
      const machine = toMachine(model)
      let state = step(model, unborn, { kind: 'create', fields: {}, meta: {} })
      if (state.version === 0) {
        expect(getInitialSnapshot(machine)).toMatchObject({ status: 'error' })
        return
      }
      let snapshot = getInitialSnapshot(machine) as AnyMachineSnapshot
      expectSame(snapshot, state)
      for (const each of run.steps) {
        if (each.kind !== 'ask' || each.hostile !== undefined) continue
        const { action, params } = each
        const event: { type: string; params: JsonObject } = { type: action, params }
        const next = step(model, state, { kind: 'action', action, params, meta: {} })
        const isAccepted = next !== state
        expect(snapshot.status === 'active' && snapshot.can(event)).toBe(isAccepted)
        snapshot = transition(machine, snapshot, event)[0] as AnyMachineSnapshot
        state = next
        expectSame(snapshot, state)
        if (isAccepted) seen.accepted++
        else seen.rejected++
        if (snapshot.status === 'done') seen.ended++
      }
    }),
  )
  // A property that only ever meets refusals would hold of anything.
  expect(seen.accepted).toBeGreaterThan(50)
  expect(seen.rejected).toBeGreaterThan(50)
})
