// The machine of a spec, as diagrams and xstate/graph take it.
import { compileModel } from '@perdure/core'
import { describe, expect, it } from 'vitest'
import { createActor } from 'xstate'
import { getShortestPaths } from 'xstate/graph'
import { toMachine } from '../src/index.ts'
import { specOf } from './helpers/task-spec.ts'

const door = specOf(`
[automaton]
name = "Door"
states = ["Shut", "Open", "Broken"]
initial = "Shut"
terminal = ["Broken"]

[[state]]
name = "pushes"
type = "counter"

[[state]]
name = "note"

[[action]]
name = "Push"
from = ["Shut"]
to = "Open"
guard = "pushes < 3"
effect = "pushes += 1"

[[action]]
name = "Shut"
from = ["Open"]
to = "Shut"

[[action]]
name = "Kick"
from = ["Shut", "Open"]
to = "Broken"
guard = "pushes > 1"

[[action]]
name = "Note"
params = [{ name = "note", required = true }]

[[action]]
name = "Bang"
kind = "output"

[[action]]
name = "Follow"
guard = "Door[note].status == 'Open'"
`)
const machine = toMachine(compileModel(door))

describe('the machine of a spec', () => {
  it('has a state for each status and a transition for each rule, with its guard for people to read', () => {
    const { states } = machine.definition
    expect(Object.keys(states)).toEqual(['Shut', 'Open', 'Broken'])
    expect(states['Broken']).toMatchObject({ type: 'final' })
    expect(Object.keys(states['Shut']?.on ?? {})).toEqual(['Push', 'Kick', 'Note', 'Follow'])
    expect(states['Shut']?.on['Kick']?.[0]).toMatchObject({ description: 'pushes > 1' })
  })

  it('runs: takes what an entity would take, and nothing else', () => {
    const actor = createActor(machine, { input: { fields: { note: 'hi' } } }).start()
    actor.send({ type: 'Kick' })
    actor.send({ type: 'Note' })
    expect(actor.getSnapshot()).toMatchObject({ value: 'Shut', context: { fields: { note: 'hi' } } })
    actor.send({ type: 'Push' })
    actor.send({ type: 'Note', params: { note: 'x'.repeat(200_000) } })
    expect(actor.getSnapshot().context).toMatchObject({ counters: { pushes: 1 }, fields: { status: 'Open' } })
    expect(actor.getSnapshot().can({ type: 'Follow' })).toBe(false)
    expect(
      actor.getSnapshot().can({ type: 'Follow', related: { [`Door/${'x'.repeat(200_000)}`]: 'Open' } }),
    ).toBe(true)
  })

  it('gives xstate/graph the shortest way to a status', () => {
    const paths = getShortestPaths(machine, {
      events: [{ type: 'Push' }, { type: 'Shut' }, { type: 'Kick' }],
      toState: (snapshot) => snapshot.matches('Broken'),
      limit: 1_000,
    })
    expect(paths[0]?.steps.map(({ event }) => event.type).slice(1)).toEqual(['Push', 'Shut', 'Push', 'Kick'])
  })

  it('cannot begin with fields that the spec refuses', () => {
    const actor = createActor(machine, { input: { fields: { pushes: -1 } } })
    actor.subscribe({ error: () => {} })
    expect(actor.getSnapshot()).toMatchObject({ status: 'error', error: { code: 'invalid_option' } })
  })

  it('is refused for names that mean something else to XState', () => {
    const { actions, states } = door
    const named = [...actions, { name: 'on.*', kind: 'input', from: [], effects: [], params: [] } as const]
    for (const spec of [
      { ...door, actions: named },
      { ...door, states: [...states, 'a.b'] },
    ])
      expect(() => toMachine(compileModel(spec))).toThrow(expect.objectContaining({ code: 'invalid_option' }))
  })
})
