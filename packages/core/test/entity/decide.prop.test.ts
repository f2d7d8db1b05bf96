import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileModel, evolve, unborn } from '@perdure/core'
import type { Decision, EntitySpec } from '@perdure/core'
import { anyCommands, anySpec } from '../helpers/arbitrary-entity.ts'
import { LiveEntity } from '../helpers/live-entity.ts'

const runs = { numRuns: fc.readConfigureGlobal().numRuns ?? 500 }

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(deepFreeze)
  }
  return value
}

function isNext(entity: LiveEntity, { kind }: { readonly kind: string }): boolean {
  return (kind === 'create') !== entity.state.version > 0
}

/** A decision without the hash of the spec and the texts that show values: an overflowed one shows its size instead. */
function essence(decision: Decision): unknown {
  if (decision.kind === 'event') return { ...decision.event, specHash: '' }
  if (decision.kind === 'needs') return decision
  const { code, action, failing } = decision.rejection
  return { code, action, failing: failing?.expression }
}

describe('for any spec and any command sequence', () => {
  it('a decision is made again alike, and touches neither spec, state nor command', () => {
    fc.assert(
      fc.property(anySpec, anyCommands, (spec, commands) => {
        const entity = new LiveEntity(compileModel(deepFreeze(spec)))
        for (const command of commands.map(deepFreeze)) {
          if (!isNext(entity, command)) continue
          deepFreeze(entity.state)
          expect(isDeepStrictEqual(entity.decide(command), entity.decide(command))).toBe(true)
          const decision = entity.try(command)
          if (decision.kind === 'event') deepFreeze(decision.event)
        }
        evolve(entity.model, unborn, entity.events)
      }),
      runs,
    )
  })

  it('a rejection leaves no trace', () => {
    let rejections = 0
    fc.assert(
      fc.property(anySpec, anyCommands, (spec, commands) => {
        const entity = new LiveEntity(compileModel(spec))
        for (const command of commands) {
          if (!isNext(entity, command)) continue
          const { state } = entity
          const [events, contents, text] = [entity.events.length, entity.contents.size, JSON.stringify(state)]
          if (entity.try(command).kind === 'event') continue
          rejections++
          expect(entity.state).toBe(state)
          expect([entity.events.length, entity.contents.size, JSON.stringify(state)]).toEqual([
            events,
            contents,
            text,
          ])
        }
      }),
      runs,
    )
    expect(rejections).toBeGreaterThan(runs.numRuns)
  })

  it('a state keeps to its types: statuses of the spec, counters that count, safe integers, sets without repeats', () => {
    fc.assert(
      fc.property(anySpec, anyCommands, (spec, commands) => {
        const entity = new LiveEntity(compileModel(spec))
        for (const command of commands) {
          if (!isNext(entity, command) || entity.try(command).kind !== 'event') continue
          expectTyped(spec, entity)
        }
      }),
      runs,
    )
  })

  it('ceilings decide nothing: the events and the hydrated fields are the same whatever they are', () => {
    fc.assert(
      fc.property(anySpec, anyCommands, fc.constantFrom(0, 1, 30), (spec, commands, ceiling) => {
        const roomy = new LiveEntity(compileModel(withCeiling(spec, Infinity)))
        const tight = new LiveEntity(compileModel(withCeiling(spec, ceiling)))
        for (const command of commands) {
          if (!isNext(roomy, command)) continue
          const [one, other] = [roomy.try(command), tight.try(command)]
          expect(isDeepStrictEqual(essence(other), essence(one))).toBe(true)
          expect(isDeepStrictEqual(sorted(tight.hydrated()), sorted(roomy.hydrated()))).toBe(true)
          expect(tight.state.lists).toEqual(roomy.state.lists)
        }
        expect(roomy.state.refs).toEqual({})
      }),
      runs,
    )
  })
})

/** The same spec with one ceiling everywhere. */
function withCeiling(spec: EntitySpec, inlineMaxBytes: number): EntitySpec {
  const variables = spec.variables.map((variable) => ({
    ...variable,
    overflow: { ...variable.overflow, inlineMaxBytes },
  }))
  return { ...spec, variables }
}

function sorted(fields: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))
}

function expectTyped(spec: EntitySpec, { state }: LiveEntity): void {
  expect(spec.states).toContain(state.status)
  expect(Object.values(state.counters).every((value) => Number.isSafeInteger(value) && value >= 0)).toBe(true)
  for (const { name, type } of spec.variables) {
    if (type === 'int') expect(state.numbers[name]).toSatisfy(Number.isSafeInteger)
    if (type === 'number') expect(state.numbers[name]).toSatisfy(Number.isFinite)
    if (type === 'bool') expect(typeof state.booleans[name]).toBe('boolean')
    if (type === 'set') {
      const texts = (state.lists[name] ?? []).map((item) => JSON.stringify(item))
      expect(new Set(texts).size).toBe(texts.length)
    }
  }
}
