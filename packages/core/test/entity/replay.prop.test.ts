import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Replay, compileModel, decodeSnapshot, encodeSnapshot, evolve, unborn } from '@perdure/core'
import type { Command, EntityEvent, EntityModel, EntitySpec, EntityState } from '@perdure/core'
import { anyCommands, anySpec } from '../helpers/arbitrary-entity.ts'
import { LiveEntity } from '../helpers/live-entity.ts'
import { referenceFold } from '../helpers/reference-fold.ts'

const runs = { numRuns: fc.readConfigureGlobal().numRuns ?? 500 }

/** Runs commands as far as they are accepted: the first creation that is, and all that follows it. */
function live(spec: EntitySpec, commands: readonly Command[], model = compileModel(spec)): LiveEntity {
  const entity = new LiveEntity(model)
  for (const command of commands) {
    const isBorn = entity.state.version > 0
    if ((command.kind === 'create') !== isBorn) entity.try(command)
  }
  return entity
}

function expectSame(actual: EntityState, expected: EntityState): void {
  // Compared by the engine: what users name may be called anything, `toString` included.
  if (!isDeepStrictEqual(plain(actual), plain(expected))) expect(actual).toEqual(expected)
}

/** Key order is no part of a state. */
function plain(state: EntityState): unknown {
  return JSON.parse(JSON.stringify(state))
}

function replay(model: EntityModel, events: readonly EntityEvent[], from: EntityState = unborn): EntityState {
  return evolve(model, from, events).state
}

describe('for any spec and any command sequence', () => {
  it('the live state is what a second, independent fold makes of the events', () => {
    let events = 0
    fc.assert(
      fc.property(anySpec, anyCommands, (spec, commands) => {
        const entity = live(spec, commands)
        events += entity.events.length
        expectSame(entity.state, referenceFold(entity.model, entity.events))
      }),
      runs,
    )
    expect(events).toBeGreaterThan(runs.numRuns)
  })

  it('replay gives the live state: one by one, all at once, in any split', () => {
    fc.assert(
      fc.property(anySpec, anyCommands, fc.array(fc.nat({ max: 5 })), (spec, commands, sizes) => {
        const { model, events, state } = live(spec, commands)
        expectSame(replay(model, events), state)
        let [split, next] = [unborn, 0]
        for (const size of [...sizes, events.length]) {
          split = replay(model, events.slice(next, next + size), split)
          next += size
        }
        expectSame(split, state)
      }),
      runs,
    )
  })

  it('a replay in parts gives the state, and the contents to write, of one that has all events at once', () => {
    fc.assert(
      fc.property(anySpec, anyCommands, fc.array(fc.nat({ max: 5 })), (spec, commands, sizes) => {
        const { model, events } = live(spec, commands)
        const parts = new Replay(model, unborn)
        let next = 0
        for (const size of [...sizes, events.length]) {
          parts.take(events.slice(next, next + size))
          next += size
          expect(parts.version).toBe(Math.min(next, events.length))
        }
        expect(parts.close()).toEqual(evolve(model, unborn, events))
      }),
      runs,
    )
  })

  it('the journal gives the live state after a round trip through JSON', () => {
    fc.assert(
      fc.property(anySpec, anyCommands, (spec, commands) => {
        const { model, journal, state } = live(spec, commands)
        const stored = JSON.parse(JSON.stringify(journal)) as typeof journal
        expect(isDeepStrictEqual(stored, journal)).toBe(true)
        expectSame(replay(model, stored), state)
      }),
      runs,
    )
  })

  it('a snapshot at any position and the tail after it give the live state', () => {
    fc.assert(
      fc.property(anySpec, anyCommands, fc.nat(), (spec, commands, anywhere) => {
        const { model, journal, state } = live(spec, commands)
        const position = anywhere % (journal.length + 1)
        const identity = { type: model.name, specHash: model.specHash }
        const snapshot = encodeSnapshot(identity, replay(model, journal.slice(0, position)))
        const decoded = decodeSnapshot(identity, snapshot)
        if (decoded.kind !== 'state') throw new Error(decoded.reason)
        expectSame(replay(model, journal.slice(position), decoded.state), state)
      }),
      runs,
    )
  })

  it('an entity may change its spec at any time: variables, types and ceilings', () => {
    fc.assert(
      fc.property(anySpec, anySpec, anyCommands, anyCommands, (first, second, before, after) => {
        const entity = live(first, before)
        entity.reload(compileModel({ ...second, version: 2 }))
        for (const command of after) {
          const isBorn = entity.state.version > 0
          if ((command.kind === 'create') !== isBorn) entity.try(command)
        }
        expectSame(replay(entity.model, entity.journal), entity.state)
        expectHeldOnce(entity.state)
      }),
      runs,
    )
  })
})

/** Each variable is in one record, each field either inline or a reference, and both say the same. */
function expectHeldOnce({ counters, numbers, booleans, lists, fields, refs }: EntityState): void {
  const typed = [counters, numbers, booleans, lists].flatMap((record) => Object.entries(record))
  const typedNames = typed.map(([name]) => name)
  expect(new Set(typedNames).size).toBe(typedNames.length)
  for (const [name, value] of typed) {
    if (Object.hasOwn(fields, name)) expect(isDeepStrictEqual(fields[name], value)).toBe(true)
    else expect(Object.hasOwn(refs, name)).toBe(true)
  }
  expect(Object.keys(fields).filter((name) => Object.hasOwn(refs, name))).toEqual([])
}
