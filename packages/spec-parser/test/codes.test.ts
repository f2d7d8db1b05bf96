// Every diagnostic has a file in the corpus that gives it and a near miss that does not. Files too large to keep are made.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

import { checkBundle, parseSpec, severities } from '@perdure/spec-parser'
import type { IssueCode } from '@perdure/spec-parser'
import { describe, expect, it } from 'vitest'

const corpus = path.resolve(import.meta.dirname, '../../../test/corpus/codes')
const read = (file: string) => readFileSync(path.join(corpus, `${file}.ioa.toml`), 'utf8')
const child = parseSpec(read('child')).spec

const automaton = (states: number) =>
  `[automaton]\nname = "Large"\nstates = [${Array.from({ length: states }, (_, index) => `"S${index}"`).join(', ')}]\ninitial = "S0"\n`
const variables = (count: number) =>
  Array.from({ length: count }, (_, index) => `[[state]]\nname = "v${index}"\n`).join('')
const rules = (count: number) => '[[action]]\nname = "Go"\n'.repeat(count)

/** Files at a limit: the first is over it, the second is not. */
const made: Partial<Record<IssueCode, readonly [string, string]>> = {
  file_too_large: [`# ${'x'.repeat(1024 * 1024)}`, automaton(1) + `# ${'x'.repeat(1000 * 1024)}`],
  too_many_states: [automaton(1001), automaton(1000)],
  too_many_variables: [automaton(1) + variables(1001), automaton(1) + variables(1000)],
  too_many_rules: [automaton(1) + rules(10_001), automaton(1) + rules(10_000)],
}

/** Every diagnostic of a text that is loaded together with the child. */
function diagnose(text: string): readonly { readonly code: string; readonly severity: string }[] {
  const { spec, issues } = parseSpec(text)
  if (spec === undefined || child === undefined) return issues
  return [...issues, ...checkBundle([spec, child])]
}

describe.each(Object.keys(severities) as IssueCode[])('%s', (code) => {
  const [trigger, nearMiss] = made[code] ?? [read(code), read(`${code}.near-miss`)]

  it('is given, with its weight', () => {
    expect(diagnose(trigger)).toContainEqual(expect.objectContaining({ code, severity: severities[code] }))
  })

  it('is the only error of its file', () => {
    const errors = diagnose(trigger).filter(({ severity }) => severity === 'error')
    expect([...new Set(errors.map((issue) => issue.code))]).toEqual(
      severities[code] === 'error' ? [code] : [],
    )
  })

  it('is not given for a near miss, which has no error', () => {
    const issues = diagnose(nearMiss)
    expect(issues.map((issue) => issue.code)).not.toContain(code)
    expect(issues.filter(({ severity }) => severity === 'error')).toEqual([])
  })
})

it('has no file for a code that does not exist', () => {
  const codes = readdirSync(corpus).map((file) => file.replace(/(\.near-miss)?\.ioa\.toml$/, ''))
  expect(codes.filter((code) => code !== 'child' && !Object.hasOwn(severities, code))).toEqual([])
})
