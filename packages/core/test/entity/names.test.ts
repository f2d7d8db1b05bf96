import { describe, expect, it } from 'vitest'
import { nameProblem, suggestName } from '@perdure/core'

describe('a name at the boundary', () => {
  it('may be any well-formed text of 1 to 255 bytes', () => {
    for (const name of ['a', 'é'.repeat(127), '😀', ' ', '../x', "x'; DROP", '__proto__', '\u202e'])
      expect(nameProblem(name, 255)).toBeUndefined()
  })

  it('is refused with the reason', () => {
    expect(nameProblem(undefined, 255)).toBe('must be a string')
    expect(nameProblem(7, 255)).toBe('must be a string')
    expect(nameProblem('', 255)).toBe('must not be empty')
    expect(nameProblem('a\0b', 255)).toBe('must not contain NUL')
    expect(nameProblem('\ud800', 255)).toBe('must be well-formed Unicode, without lone surrogates')
    expect(nameProblem('é'.repeat(128), 255)).toBe('must be at most 255 bytes in UTF-8')
    expect(nameProblem('abc', 2)).toBe('must be at most 2 bytes in UTF-8')
  })
})

describe('suggesting a name', () => {
  const known = ['Configure', 'Start', 'RecordTurn', 'Finish']

  it('finds the nearest within a third of what was typed', () => {
    expect(suggestName('Configur', known)).toBe('Configure')
    expect(suggestName('Strat', ['Stop', 'Start'])).toBeUndefined()
    expect(suggestName('Strart', known)).toBe('Start')
    expect(suggestName('RecrodTurn', known)).toBe('RecordTurn')
    expect(suggestName('Finnish', known)).toBe('Finish')
  })

  it('takes a name that differs in case only for the one that is meant', () => {
    expect(suggestName('FINISH', known)).toBe('Finish')
    expect(suggestName('turns', ['Turn', 'TURNS'])).toBe('TURNS')
  })

  it('suggests nothing that is far', () => {
    expect(suggestName('Cancel', known)).toBeUndefined()
    expect(suggestName('x', known)).toBeUndefined()
    expect(suggestName('', ['ab'])).toBeUndefined()
    expect(suggestName('Start', [])).toBeUndefined()
  })

  it('is quick with what nobody could have meant', () => {
    expect(suggestName('x'.repeat(1_000_000), known)).toBeUndefined()
  })
})
