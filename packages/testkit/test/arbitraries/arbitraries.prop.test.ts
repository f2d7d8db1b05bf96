import { compileModel, decide, unborn, evolve } from '@perdure/core'
import type { Command, EntityState, RejectionCode } from '@perdure/core'
import {
  arbitraries,
  checkHistories,
  histories,
  hostileKinds,
  hostileValue,
  playHistory,
  soundFaults,
} from '@perdure/testkit'
import type { RunCommand, RunStep } from '@perdure/testkit'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sessionSpec } from './specs.ts'

const model = compileModel(sessionSpec)
const runs = (seed: number, numRuns: number, options = {}) =>
  fc.sample(arbitraries(sessionSpec, options).run, { seed, numRuns })
const isAsk = (step: RunStep): step is Extract<RunCommand, { kind: 'ask' }> => step.kind === 'ask'

describe('commands', () => {
  it('reach every action and every status within a few hundred runs', () => {
    const seen = fc.sample(histories(sessionSpec), { seed: 1, numRuns: 200 })
    const actions = new Set(seen.flatMap(({ events }) => events.map(({ action }) => action)))
    const statuses = new Set(seen.flatMap(({ states }) => states.map(({ status }) => status)))
    expect([...actions]).toEqual(
      expect.arrayContaining([
        'Created',
        'Configure',
        'Start',
        'Turn',
        'Undo',
        'Finish',
        'FieldsUpdated',
        'Deleted',
      ]),
    )
    expect([...statuses]).toEqual(expect.arrayContaining([...sessionSpec.states]))
  })

  it('give every field values just below, at and just above its ceiling', () => {
    const configured = runs(2, 400).flatMap(({ steps }) => steps.filter(isAsk))
    const sizes = new Set(
      configured.flatMap(({ params }) =>
        typeof params['prompt'] === 'string' ? [Buffer.byteLength(JSON.stringify(params['prompt']))] : [],
      ),
    )
    expect([...sizes]).toEqual(expect.arrayContaining([31, 32, 33]))
  })

  it('that must be refused are refused in every state', () => {
    const { disabledCommand } = arbitraries(sessionSpec)
    fc.assert(
      fc.property(histories(sessionSpec), disabledCommand, ({ states }, command) => {
        for (const state of states.slice(1)) expect(rejectionOf(state, command)).toBeDefined()
      }),
      { numRuns: 200 },
    )
  })

  it('are refused for every reason that a spec without field invariants knows', () => {
    const codes = new Set<RejectionCode>(
      fc
        .sample(histories(sessionSpec), { seed: 3, numRuns: 400 })
        .flatMap(({ rejections }) => rejections.map(({ code }) => code)),
    )
    expect([...codes].sort()).toEqual(
      expect.arrayContaining([
        'entity_deleted',
        'guard_failed',
        'invariant_violated',
        'missing_param',
        'reserved_field_name',
        'undeclared_param',
        'unknown_action',
        'wrong_param_type',
        'wrong_status',
      ]),
    )
  })

  it('bring every hostile value, made anew each time', () => {
    const seen = new Set(
      runs(4, 2_000).flatMap(({ steps }) => steps.filter(isAsk).map(({ hostile }) => hostile?.value)),
    )
    for (const kind of hostileKinds) expect(seen).toContain(kind)
    expect(hostileValue('date')).not.toBe(hostileValue('date'))
  })

  it('find the constants of guards', () => {
    const odd = {
      ...sessionSpec,
      actions: sessionSpec.actions.map((rule) =>
        rule.name === 'Start'
          ? {
              ...rule,
              guard: {
                kind: 'compare' as const,
                operator: '==' as const,
                left: { kind: 'variable' as const, name: 'prompt' },
                right: { kind: 'literal' as const, value: 'open sesame' },
              },
            }
          : rule,
      ),
    }
    const found = fc.sample(histories(odd), { seed: 5, numRuns: 200 })
    expect(found.some(({ states }) => states.some(({ status }) => status === 'Running'))).toBe(true)
  })
})

function rejectionOf(state: EntityState, step: RunCommand): unknown {
  const command: Command =
    step.kind === 'ask'
      ? { kind: 'action', action: step.action, params: step.params, meta: {} }
      : { kind: 'updateFields', fields: step.kind === 'update' ? step.fields : {}, meta: {} }
  const entity = { tenant: 'default', type: 'Session', id: 'e0' }
  const decision = decide(model, state, command, { entity, now: 1, eventId: 'x' })
  return decision.kind === 'rejection' ? decision.rejection : undefined
}

describe('runs', () => {
  it('are data: they survive JSON', () => {
    for (const run of runs(6, 100, { hosts: 2 })) expect(JSON.parse(JSON.stringify(run))).toEqual(run)
  })

  it('are long: shrinking makes them short, not chance', () => {
    const lengths = runs(7, 200).map(({ steps }) => steps.length)
    expect(Math.max(...lengths)).toBe(40)
    expect(lengths.reduce((sum, each) => sum + each, 0) / lengths.length).toBeGreaterThan(12)
  })

  it('hold host actions and faults of every kind', () => {
    const many = runs(8, 500, { hosts: 2 })
    const kinds = new Set(many.flatMap(({ steps }) => steps.map(({ kind }) => kind)))
    for (const kind of [
      'crash',
      'restart',
      'pause',
      'flush',
      'passivate',
      'read',
      'snapshot',
      'sweep',
      'advance',
    ])
      expect(kinds).toContain(kind)
    const faults = new Set(many.flatMap((run) => run.faults.map(({ fault }) => fault.kind)))
    expect(faults).toEqual(new Set(soundFaults.map(({ kind }) => kind)))
  })

  it('stay meaningful when steps are taken out of them', () => {
    fc.assert(
      fc.property(
        arbitraries(sessionSpec).run,
        fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
        ({ steps }, choices) => {
          const some = steps.filter((_, index) => choices[index] ?? true)
          const { events, state } = playHistory(model, some)
          expect(evolve(model, unborn, events).state).toEqual(state)
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('checkHistories', () => {
  it('sets fields directly, as anybody may, unless it is told that nobody does', async () => {
    const untouched = {
      name: 'only actions spend the budget',
      holds: ({ events }: { events: readonly { action: string; params: object }[] }) =>
        !events.some(
          ({ action, params }) => ['Created', 'FieldsUpdated'].includes(action) && 'budget' in params,
        ),
    }
    const options = { counterexamples: false as const, numRuns: 300 }
    expect(await checkHistories(sessionSpec, untouched, options)).toMatchObject({ kind: 'fails' })
    expect(await checkHistories(sessionSpec, untouched, { ...options, setsFields: false })).toMatchObject({
      kind: 'holds',
    })
  })

  it('answers that a true property holds', async () => {
    const holds = {
      name: 'turns are counted',
      holds: ({ state }: { state: EntityState }) => (state.counters['turns'] ?? 0) >= 0,
    }
    expect(await checkHistories(sessionSpec, holds, { counterexamples: false })).toMatchObject({
      kind: 'holds',
      runs: 100,
    })
  })

  it('finds a history that breaks a property, and leaves nothing in it that could be left out', async () => {
    const result = await checkHistories(
      sessionSpec,
      { name: 'nobody undoes', holds: ({ events }) => !events.some(({ action }) => action === 'Undo') },
      { counterexamples: false, seed: 11 },
    )
    if (result.kind !== 'fails') expect.unreachable()
    else {
      expect(result.run.steps.map((step) => (step.kind === 'ask' ? step.action : step.kind))).toHaveLength(3)
      expect(result.error.message).toContain('repro: PERDURE_SEED=11')
      expect(result.error.message).toContain('Session/e0 Undo')
    }
  })
})
