import { describe, expect, it } from 'vitest'
import { makeMutants } from '../../src/checker/mutation/make-mutants.ts'
import { action, automaton, invariant, parsed, variable, verified } from './helpers.ts'

const spec = (rest: string): string =>
  automaton(
    ['Open', 'Running', 'Done'],
    ['Done'],
    variable('turns', 'counter') +
      variable('notes', 'counter') +
      action('Start', 'Open', 'Running') +
      action('Turn', 'Running', undefined, 'effect = ["turns += 1", "notes += 1"]') +
      action('Finish', 'Running', 'Done', 'guard = "turns > 0"') +
      rest,
  )

describe('mutants', () => {
  it('drop or negate guards, drop or exchange statuses, drop or turn effects round', () => {
    expect(makeMutants(parsed(spec(''))).map(({ description }) => description)).toEqual([
      'Start: from Open dropped',
      'Start: from every other status',
      'Turn: from Running dropped',
      'Turn: from every other status',
      'Turn: turns += 1 dropped',
      'Turn: turns += 1 made turns -= 1',
      'Turn: notes += 1 dropped',
      'Turn: notes += 1 made notes -= 1',
      'Finish: guard dropped',
      'Finish: guard negated',
      'Finish: from Running dropped',
      'Finish: from every other status',
    ])
  })

  it('are killed by the properties that notice them, and survive where none does', () => {
    const report = verified(spec(invariant('Worked', "status == 'Done' => turns > 0")), { mutation: true })
    const fates = new Map(report.mutation?.mutants.map((mutant) => [mutant.description, mutant]))
    expect(fates.get('Finish: guard dropped')).toMatchObject({ fate: 'killed', killedBy: 'invariant Worked' })
    expect(fates.get('Start: from Open dropped')).toMatchObject({ fate: 'killed', killedBy: 'deadlock' })
    // Nothing looks at the notes.
    expect(fates.get('Turn: notes += 1 dropped')).toMatchObject({ fate: 'survived' })
  })

  it('score a spec higher for each property that says what it is for', () => {
    const ends = '\n[[liveness]]\nname = "Ends"\nfrom = ["Open", "Running"]\nreaches = ["Done"]\n'
    const score = (rest: string): number => verified(spec(rest), { mutation: true }).mutation?.score ?? 0
    const worked = invariant('Worked', "status == 'Done' => turns > 0")
    expect(score(worked)).toBeGreaterThan(score(''))
    expect(score(worked + ends)).toBeGreaterThan(score(worked))
  })

  it('do not count a property that the spec itself violates', () => {
    const broken = spec(invariant('Wrong', "status != 'Running'"))
    const { mutation } = verified(broken, { mutation: true })
    expect(mutation?.mutants.some(({ killedBy }) => killedBy === 'invariant Wrong')).toBe(false)
  })
})
