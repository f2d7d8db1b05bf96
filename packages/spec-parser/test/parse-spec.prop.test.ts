import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'

import type { SpecIssue } from '@perdure/core'
import { formatSpec, migrateSpec, parseSpec, printSpec, severities } from '@perdure/spec-parser'
import { fc, test } from '@fast-check/vitest'
import { parse, stringify } from 'smol-toml'
import type { TomlValue } from 'smol-toml'
import { expect } from 'vitest'

import { locate } from '../src/locate.ts'
import { expectMirrors } from './mirrors.ts'

const corpus = path.resolve(import.meta.dirname, '../../../test/corpus')
const texts = ['valid', 'invalid', 'legacy', 'codes'].flatMap((folder) =>
  readdirSync(path.join(corpus, folder))
    .filter((file) => file.endsWith('.ioa.toml'))
    .map((file) => readFileSync(path.join(corpus, folder, file), 'utf8')),
)

/** Every issue has a known code and stands inside the text. */
function expectPositioned(issues: readonly SpecIssue[], text: string): void {
  const lines = text.split('\n')
  for (const issue of issues) {
    expect(severities).toHaveProperty(issue.code)
    expect(issue.line).toBeGreaterThanOrEqual(1)
    expect(issue.line).toBeLessThanOrEqual(lines.length)
    expect(issue.column).toBeGreaterThanOrEqual(1)
    expect(issue.column).toBeLessThanOrEqual((lines[issue.line - 1] ?? '').length + 1)
    expect(issue.endLine * 1e6 + issue.endColumn).toBeGreaterThanOrEqual(issue.line * 1e6 + issue.column)
  }
  const places = issues.map(({ line, column }) => line * 1e6 + column)
  expect(places).toEqual(places.toSorted((a, b) => a - b))
}

const corrupted = fc
  .tuple(
    fc.constantFrom(...texts),
    fc.nat(),
    fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      fc.constantFrom('"', "'", '[', ']', '{', '=', '#', '\\', '\n', '.', '0', ''),
    ),
  )
  .map(([text, at, char]) => `${text.slice(0, at % text.length)}${char}${text.slice((at % text.length) + 1)}`)

test.prop([corrupted])(
  'a spec with one character changed is a spec or has positioned diagnostics',
  (text) => {
    const { spec, issues } = parseSpec(text)
    expectPositioned(issues, text)
    expect(spec === undefined).toBe(issues.some(({ severity }) => severity === 'error'))
  },
)

test.prop([corrupted])(
  'a spec with one character changed migrates, formats and prints to what it means',
  (text) => {
    const { spec, issues } = parseSpec(text)
    const migrated = migrateSpec(text)
    expect(parseSpec(formatSpec(text)).spec).toEqual(spec)
    if (spec === undefined) return
    expect(parseSpec(printSpec(spec)).spec).toEqual(spec)
    if (!issues.some(({ code }) => code === 'legacy_form')) expect(migrated.text).toBe(text)
    const after = parseSpec(migrated.text).spec
    expect(after && { ...after, terminal: [] }).toEqual({ ...spec, terminal: [] })
  },
)

test.prop([fc.string({ unit: 'binary' })])('any text is answered with diagnostics, never thrown', (text) => {
  const { spec, issues } = parseSpec(text)
  expect(spec).toBeUndefined()
  expect(issues.length).toBeGreaterThan(0)
})

test.prop([corrupted])('the locator finds every value of a valid document', (text) => {
  const document = parsed(text)
  if (document === undefined) return
  const located = locate(text, 1000)
  expect(located.kind).toBe('located')
  if (located.kind === 'located') expectMirrors(document, located.root, text)
})

const document = fc.letrec<{ table: Record<string, unknown> }>((tie) => {
  const key = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 6 }),
    fc.constantFrom('a', 'b', '__proto__', 'a.b', '"', '#'),
  )
  const scalar = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('\n', '"\n', "'''", '\\'),
    fc.integer(),
    fc.boolean(),
  )
  const value = fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(scalar, { maxLength: 3 }),
    fc.array(tie('table'), { minLength: 1, maxLength: 3 }),
    tie('table'),
  )
  return { table: fc.dictionary(key, value, { maxKeys: 4 }) }
}).table

test.prop([document])('the locator finds every value of any document', (table) => {
  const text = stringify(table)
  const located = locate(text, 1000)
  expect(located.kind).toBe('located')
  if (located.kind === 'located') expectMirrors(parse(text), located.root, text)
})

function parsed(text: string): TomlValue | undefined {
  try {
    return parse(text, { integersAsBigInt: 'asNeeded' })
  } catch {
    return undefined
  }
}
