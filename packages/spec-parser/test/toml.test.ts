// TOML 1.1, clause by clause: what it allows reads as the JSON beside it and is located, what it forbids is one diagnostic.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

import { parseSpec } from '@perdure/spec-parser'
import { parse, TomlDate } from 'smol-toml'
import type { TomlValue } from 'smol-toml'
import { describe, expect, it } from 'vitest'

import { locate } from '../src/locate.ts'
import { expectMirrors } from './mirrors.ts'

const corpus = path.resolve(import.meta.dirname, '../../../test/corpus/toml')
const read = (file: string) => readFileSync(path.join(corpus, file), 'utf8')
const clauses = readdirSync(path.join(corpus, 'valid')).filter((file) => file.endsWith('.toml'))
const forbidden = Object.entries(
  JSON.parse(read('invalid.json')) as Readonly<Record<string, readonly string[]>>,
)

/** A TOML value as the corpus writes it in JSON: what JSON lacks is an object with a key that begins with `$`. */
function toJson(value: TomlValue): unknown {
  if (typeof value === 'bigint') return { $integer: String(value) }
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : { $float: String(value) }
  if (value instanceof TomlDate) return { $date: value.toISOString() }
  if (Array.isArray(value)) return value.map(toJson)
  if (typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]))
}

describe('what TOML allows', () => {
  it.each(clauses)('of %s reads as the JSON beside it', (file) => {
    const expected: unknown = JSON.parse(read(`valid/${file.replace('.toml', '.json')}`))
    expect(toJson(parse(read(`valid/${file}`), { integersAsBigInt: 'asNeeded' }))).toEqual(expected)
  })

  it.each(clauses)('of %s is located, every key and value of it', (file) => {
    const text = read(`valid/${file}`)
    const located = locate(text, 64)
    if (located.kind === 'tooDeep') throw new Error('nests too deep')
    expectMirrors(parse(text, { integersAsBigInt: 'asNeeded' }), located.root, text)
  })

  it.each(clauses)('of %s is no syntax error of a spec', (file) => {
    const codes = parseSpec(read(`valid/${file}`)).issues.map(({ code }) => code)
    expect(codes).toContain('missing_section')
    expect(codes).not.toContain('toml_syntax')
  })
})

describe('what TOML forbids', () => {
  it.each(forbidden)('of %s is one syntax error inside the text', (_clause, texts) => {
    for (const text of texts) {
      const { spec, issues } = parseSpec(text)
      expect(spec, text).toBeUndefined()
      expect(issues, text).toMatchObject([{ code: 'toml_syntax', severity: 'error' }])
      const lines = text.split('\n')
      for (const { line, column } of issues) {
        expect(line, text).toBeLessThanOrEqual(lines.length)
        expect(column, text).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1)
      }
    }
  })

  it.each(forbidden)('of %s does not upset the locator', (_clause, texts) => {
    for (const text of texts) expect(locate(text, 64).kind, text).toBe('located')
  })
})
