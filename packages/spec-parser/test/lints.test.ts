import { parseSpec } from '@perdure/spec-parser'
import { describe, expect, it } from 'vitest'

import { specText } from './helpers.ts'

/** The codes about what is probably not meant. */
function lints(text: string): readonly string[] {
  const { spec, issues } = parseSpec(text)
  if (spec === undefined) throw new Error(JSON.stringify(issues, undefined, 2))
  return issues.map(({ code }) => code)
}

describe('guard_never_true', () => {
  const guard = (text: string) =>
    lints(specText(`[[action]]\nname = "G"\nfrom = ["A"]\nparams = ["p"]\nguard = "${text}"`))

  it.each([
    'false',
    'count < 0',
    "text == 'a' && text == 'b'",
    'whole > 3 && whole <= 3',
    'whole == 1 && whole > 1',
    'flag && !flag',
    "status == 'B'",
    "status in ['B']",
    "status == 'B' && count > 0",
    'text in []',
    '!(count >= 0)',
    "(flag && false) || status == 'B'",
  ])('is given for %s', (text) => expect(guard(text)).toContain('guard_never_true'))

  it.each([
    'true',
    'count <= 0',
    'whole < 0',
    "text == 'a' || text == 'b'",
    "text != 'a' && text != 'b'",
    'ratio > 2 && ratio < 3',
    'whole >= 3 && whole <= 3',
    "status == 'A'",
    "status == 'B' => false",
    'params.p == null',
    "User[owner].status == 'X'",
    'data == 1',
    'flag || !flag',
  ])('is not given for %s', (text) => expect(guard(text)).not.toContain('guard_never_true'))
})

describe('invariant_false_initially', () => {
  const invariant = (text: string) => lints(specText(`[[invariant]]\nname = "I"\n${text}`))

  it.each([
    'assert = "count > 0"',
    `assert = "text == 'x'"`,
    'assert = "!empty(tags)"',
    'assert = "flag"',
    'assert = "len(text) + count == 1"',
  ])('is given for %s', (text) => expect(invariant(text)).toContain('invariant_false_initially'))

  it.each([
    'assert = "count >= 0"',
    'when = ["B"]\nassert = "count > 0"',
    `assert = "status == 'B' => count > 0"`,
    `assert = "User[owner].status == 'X'"`,
    'assert = "owner == null"',
  ])('is not given for %s', (text) => expect(invariant(text)).not.toContain('invariant_false_initially'))
})

describe('the graph of states', () => {
  const automaton = (keys: string, rules: string) =>
    `[automaton]\nname = "G"\nstates = ["A", "B", "C"]\ninitial = "A"\n${keys}\n${rules}`
  const rule = (name: string, from: string, to: string, more = '') =>
    `[[action]]\nname = "${name}"\nfrom = ${from}\nto = "${to}"\n${more}\n`

  it('is followed through rules that start anywhere', () => {
    const text = automaton('', rule('One', '["A"]', 'B') + rule('Two', '[]', 'C'))
    expect(lints(text)).toEqual(['trap_state'])
  })

  it('does not lead through outputs', () => {
    const text = automaton(
      'terminal = ["B", "C"]',
      rule('One', '["A"]', 'B') + rule('Two', '["A"]', 'C', 'kind = "output"'),
    )
    expect(lints(text)).toContain('unreachable_state')
  })

  it('has no trap in an automaton of one state', () => {
    expect(lints('[automaton]\nname = "G"\nstates = ["A"]\ninitial = "A"')).toEqual([])
  })

  it('shows a rule that comes after one without a guard', () => {
    const text = automaton('terminal = ["B", "C"]', rule('One', '["A"]', 'B') + rule('One', '["A"]', 'C'))
    expect(lints(text)).toContain('dead_action')
    const guarded = automaton(
      'terminal = ["B", "C"]',
      rule('One', '["A"]', 'B', `guard = "status == 'A'"`) + rule('One', '["A"]', 'C'),
    )
    expect(lints(guarded)).not.toContain('dead_action')
    expect(lints(guarded)).toContain('overlapping_rules')
  })
})

describe('what the host is asked for', () => {
  it('shows a timeout whose action does not apply in its state', () => {
    const timeout = (state: string) =>
      specText(`[[state_timeout]]\nstate = "${state}"\nafter_seconds = 1\non_timeout = "Go"`)
    expect(lints(timeout('A'))).not.toContain('effect_never_applies')
    expect(lints(timeout('B'))).toContain('effect_never_applies')
  })

  it('shows effects of an output', () => {
    expect(lints(specText('[[action]]\nname = "Out"\nkind = "output"\neffect = "count += 1"'))).toContain(
      'effect_never_applies',
    )
  })

  it('shows a wasm integration without a module', () => {
    const work = (more: string) =>
      specText(`[[integration]]\nname = "w"\ntrigger = "Go"\ntype = "wasm"\n${more}`)
    expect(lints(work(''))).toContain('integration_incomplete')
    expect(lints(work('module = "m"'))).not.toContain('integration_incomplete')
  })
})
