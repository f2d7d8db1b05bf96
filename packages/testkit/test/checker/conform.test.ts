// Conformance can fail: the model of one spec is held against the entity of another.
import { compileModel } from '@perdure/core'
import { expect, it } from 'vitest'
import { abstractModel } from '../../src/checker/abstraction/abstract-model.ts'
import { checkConformance } from '../../src/checker/concrete/conform.ts'
import type { Conformance } from '../../src/checker/concrete/conform.ts'
import { RealEntity } from '../../src/checker/concrete/real-entity.ts'
import { explore } from '../../src/checker/explore/explore.ts'
import { finishNow } from '../../src/checker/steps.ts'
import { action, automaton, parsed, variable } from './helpers.ts'

const counting = (guard: string, effect: string): string =>
  automaton(
    ['A', 'B'],
    ['B'],
    variable('n', 'counter') +
      action('Add', 'A', undefined, `guard = "${guard}"`, `effect = "${effect}"`) +
      action('Go', 'A', 'B', 'guard = "n > 1"'),
  )

/** Holds the model of a spec against the entity of another. */
function compare(modelled: string, real: string): Conformance {
  const abstract = abstractModel(compileModel(parsed(modelled)), 0, new Map())
  if (typeof abstract === 'string') throw new Error(abstract)
  const exploration = finishNow(
    explore(abstract, [[0, 0]], {
      clock: { now: () => 0 },
      keepsEdges: false,
      maxStates: 1_000,
      maxMemoryMB: 10,
      deadline: 1,
    }),
  )
  return checkConformance(exploration, new RealEntity(compileModel(parsed(real))), new Map([[0, {}]]), 100)
}

const right = counting('n < 3', 'n += 1')

it('finds nothing where model and entity are of one spec', () => {
  const { differences, commands, states } = compare(right, right)
  expect(differences).toEqual([])
  expect([states, commands > states]).toEqual([6, true])
})

it('notices a command that the entity refuses and the model accepts', () => {
  expect(compare(right, counting('n < 2', 'n += 1')).differences[0]).toMatch(/model accepts it, core refuses/)
})

it('notices a command that the entity accepts and the model refuses', () => {
  expect(compare(counting('n < 2', 'n += 1'), right).differences[0]).toMatch(/model refuses it, core accepts/)
})

it('notices an effect that comes out differently', () => {
  expect(compare(right, counting('n < 3', 'n += 2')).differences[0]).toMatch(/state that the model does not/)
})

it('compares no more commands than it is told to', () => {
  expect(compare(right, right).commands).toBeLessThanOrEqual(100)
})
