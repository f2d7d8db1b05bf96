// The checker against a naive explorer that decides real commands on real states.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSpec } from '@perdure/spec-parser'
import { checkSpec } from '../../src/checker/check-spec.ts'
import { finishNow } from '../../src/checker/steps.ts'
import { settingsOf } from '../../src/checker/verify-options.ts'
import { verifySpec } from '../../src/checker/verify-spec.ts'
import { arbitrarySpecText } from './arbitrary-text.ts'
import { exploreNaively } from './naive-explorer.ts'
import { isAlwaysPossible, isInevitable, isStronglyInevitable } from './naive-liveness.ts'

/** Random specs that are sound. */
const specs = arbitrarySpecText
  .map((text) => ({ text, spec: parseSpec(text).spec }))
  .filter((sample) => sample.spec !== undefined)

describe('the checker and a naive explorer', () => {
  it('agree on reachable statuses, violated invariants, dead actions, deadlocks and liveness', () => {
    let [decided, open] = [0, 0]
    fc.assert(
      fc.property(specs, ({ spec }) => {
        if (spec === undefined) return
        const naive = exploreNaively(spec)
        const [report] = verifySpec(spec, { maxMargin: 4, conformance: 400 }).specs
        for (const { kind, name, status, message } of report?.properties ?? []) {
          if (status === 'inconclusive') {
            open++
            continue
          }
          decided++
          const isBad = status === 'violated'
          if (kind === 'conformance') expect(message, 'conformance').toMatch(/came out alike/)
          // What the naive explorer saw is so; what it did not see is not there if it saw everything.
          const agree = (wasSeen: boolean, isSaid: boolean): void => {
            if (wasSeen || naive.isComplete)
              expect({ kind, name, isSaid }).toEqual({ kind, name, isSaid: wasSeen })
          }
          if (kind === 'invariant') agree(naive.violated.has(name), isBad)
          if (kind === 'unreachable_state') agree(naive.statuses.has(name), !isBad)
          if (kind === 'dead_action' && !name.includes('rule')) agree(naive.accepted.has(name), !isBad)
          // Of whole runs, only a complete exploration knows anything.
          if (naive.isComplete && kind === 'possible')
            expect({ kind, isBad }).toEqual({ kind, isBad: !isAlwaysPossible(naive.states, 'A', 'C') })
          if (naive.isComplete && kind === 'inevitable' && naive.states.length < 120)
            expect({ kind, isBad }).toEqual({ kind, isBad: !isInevitable(naive.states, 'A', 'C') })
          if (kind === 'deadlock') agree(naive.isStuckSomewhere, isBad)
        }
      }),
      { numRuns: 120 },
    )
    // A checker that decides nothing would agree too.
    expect(decided).toBeGreaterThan(open * 10)
  })

  it('agree on what strong fairness makes inevitable', () => {
    let [proved, refuted] = [0, 0]
    fc.assert(
      fc.property(specs, ({ spec }) => {
        if (spec === undefined) return
        const naive = exploreNaively(spec)
        const [action] = spec.actions
        if (!naive.isComplete || action === undefined || naive.states.length > 60) return
        const expected = isStronglyInevitable(naive.states, 'A', 'C', action.name)
        const [report] = verifySpec(spec, { maxMargin: 4, conformance: 0, stronglyFair: [action.name] }).specs
        const found = report?.properties.find(({ kind }) => kind === 'inevitable')
        if (expected === undefined || found === undefined || found.status === 'inconclusive') return
        expect(found.status).toBe(expected ? 'holds' : 'violated')
        if (expected) proved++
        else refuted++
      }),
      { numRuns: 200 },
    )
    // A checker that decides nothing would agree too.
    expect(Math.min(proved, refuted)).toBeGreaterThan(3)
  })

  it('say the same whatever the margin: what is decided with K is decided alike with K + 1 and K + 2', () => {
    fc.assert(
      fc.property(specs, ({ spec }) => {
        if (spec === undefined) return
        const decisions = [0, 1, 2].map((margin) => {
          const settings = { ...settingsOf({ maxMargin: margin }, new Map()), minMargin: margin }
          const { properties } = finishNow(checkSpec(spec, settings))
          return new Map(properties.map(({ kind, name, status }) => [`${kind} ${name}`, status]))
        })
        const [first] = decisions
        for (const later of decisions.slice(1))
          for (const [property, status] of first ?? []) {
            const other = later.get(property)
            if (status !== 'inconclusive' && other !== 'inconclusive')
              expect({ property, status: other }).toEqual({ property, status })
          }
      }),
      { numRuns: 60 },
    )
  })
})
