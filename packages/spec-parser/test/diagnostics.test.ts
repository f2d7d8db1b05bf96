import { renderIssue } from '@perdure/spec-parser'
import { describe, expect, it } from 'vitest'

import { editDistance, nearestName, suggest } from '../src/diagnostics/did-you-mean.ts'
import { errorsOf } from './helpers.ts'

const text = '[automaton]\nname = "A"\nstates = ["Open"]\n\tinitial = "Opne"\n'

describe('renderIssue', () => {
  it('shows what, where, the line with the place marked, and the hint', () => {
    const [issue] = errorsOf(text)
    expect(issue && renderIssue({ ...issue, file: 'a.ioa.toml' }, { text })).toBe(
      [
        `error unknown_state: there is no state 'Opne'`,
        '  --> a.ioa.toml:4:12',
        '3 | states = ["Open"]',
        '4 | \tinitial = "Opne"',
        '  | \t          ^^^^^^',
        `  = did you mean 'Open'?`,
      ].join('\n'),
    )
  })

  it('colours only when asked to', () => {
    const [issue] = errorsOf(text)
    expect(issue && renderIssue(issue, { text })).not.toContain('\u001B')
    expect(issue && renderIssue(issue, { text, color: true })).toContain('\u001B[31m')
  })
})

describe('nearestName', () => {
  it.each([
    ['form', ['from', 'name', 'to'], 'from'],
    ['guards', ['guard', 'params'], 'guard'],
    ['DONE', ['Running', 'Done'], 'Done'],
    ['xyz', ['guard', 'from'], undefined],
    ['a', [], undefined],
  ])('of %s among %j is %s', (word, names, expected) => expect(nearestName(word, names)).toBe(expected))

  it('counts a swap of neighbours as one edit and gives up at the limit', () => {
    expect(editDistance('form', 'from', 9)).toBe(1)
    expect(editDistance('kitten', 'sitting', 9)).toBe(3)
    expect(editDistance('kitten', 'sitting', 2)).toBe(2)
  })

  it('lists what there is when nothing is near', () => {
    expect(suggest('zzz', ['a', 'b'], 'the states')()).toBe(`the states: 'a', 'b'`)
    expect(suggest('zzz', [], 'states')()).toBe('there are none')
  })

  it('searches no more hints than people read', () => {
    const typos = Array.from({ length: 300 }, (_, index) => `kay${index} = 1\n`).join('')
    const issues = errorsOf(`[automaton]\nname = "A"\nstates = ["S"]\ninitial = "S"\n${typos}`)
    expect(issues).toHaveLength(300)
    expect(issues.filter(({ hint }) => hint !== undefined)).toHaveLength(200)
  })
})
