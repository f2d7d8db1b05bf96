// The official test files of TOML, each by name. Where this reader differs on purpose is listed here; a list that is longer
// or shorter than what really differs fails.
import { readFileSync } from 'node:fs'
import path from 'node:path'

import { parseSpec } from '@perdure/spec-parser'
import { parse, TomlDate } from 'smol-toml'
import type { TomlValue } from 'smol-toml'
import { describe, expect, it } from 'vitest'

import { decodeUtf8 } from '../src/decode-utf8.ts'
import { locate } from '../src/locate.ts'
import { expectMirrors } from './mirrors.ts'

type Text = string | { readonly base64: string }

/** A value as the suite writes it: a scalar with its type, an array, or a table. */
type Tagged =
  { readonly type: string; readonly value: string } | readonly Tagged[] | { readonly [key: string]: Tagged }

const suite = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, '../../../test/corpus/toml-test/suite.json'), 'utf8'),
) as {
  readonly valid: Readonly<Record<string, { readonly toml: string; readonly json: Tagged }>>
  readonly invalid: Readonly<Record<string, Text>>
}

/** Forbidden by TOML 1.0 and allowed by 1.1, which this reader follows. */
const allowedToday: readonly string[] = [
  'datetime/no-secs',
  'inline-table/linebreak-1',
  'inline-table/linebreak-2',
  'inline-table/linebreak-3',
  'inline-table/linebreak-4',
  'inline-table/trailing-comma',
  'string/basic-byte-escapes',
]

function textOf(source: Text): string | undefined {
  if (typeof source === 'string') return source
  const decoded = decodeUtf8(Buffer.from(source.base64, 'base64'))
  return decoded.kind === 'text' ? decoded.text : undefined
}

/** The codes of what the parser says of a text as TOML; that it is no spec is another matter. */
function tomlCodes(text: string): readonly string[] {
  const codes = ['toml_syntax', 'nesting_too_deep', 'file_too_large', 'unsafe_integer']
  return parseSpec(text).issues.flatMap(({ code }) => (codes.includes(code) ? code : []))
}

function isScalar(tagged: Tagged): tagged is { readonly type: string; readonly value: string } {
  return (
    !Array.isArray(tagged) &&
    Object.keys(tagged).length === 2 &&
    'type' in tagged &&
    'value' in tagged &&
    typeof tagged.type === 'string' &&
    typeof tagged.value === 'string'
  )
}

function expectValue(value: TomlValue, tagged: Tagged): void {
  if (isScalar(tagged)) expectScalar(value, tagged)
  else if (Array.isArray(tagged)) {
    expect(Array.isArray(value)).toBe(true)
    const items = value as readonly TomlValue[]
    expect(items).toHaveLength((tagged as readonly Tagged[]).length)
    items.forEach((item, index) => expectValue(item, (tagged as readonly Tagged[])[index] ?? []))
  } else {
    const table = value as Readonly<Record<string, TomlValue>>
    expect(Object.keys(table).sort()).toEqual(Object.keys(tagged).sort())
    for (const [key, item] of Object.entries(tagged as Readonly<Record<string, Tagged>>)) {
      expectValue(table[key] ?? '', item)
    }
  }
}

function expectScalar(value: TomlValue, { type, value: text }: { type: string; value: string }): void {
  switch (type) {
    case 'string':
      return expect(value).toBe(text)
    case 'bool':
      return expect(value).toBe(text === 'true')
    case 'integer':
      return expect(BigInt(value as number | bigint)).toBe(BigInt(text))
    case 'float':
      return expect(
        Object.is(value, floatOf(text)) || value === floatOf(text),
        `${JSON.stringify(value)} is ${text}`,
      ).toBe(true)
    default: {
      expect(value).toBeInstanceOf(TomlDate)
      const date = value as TomlDate
      const kind = date.isDateTime()
        ? date.isLocal()
          ? 'datetime-local'
          : 'datetime'
        : date.isDate()
          ? 'date-local'
          : 'time-local'
      return expect([kind, momentOf(date.toISOString())]).toEqual([type, momentOf(text)])
    }
  }
}

function floatOf(text: string): number {
  return text.endsWith('inf') ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text)
}

/** One spelling of dates and times: an upper-case T, no zeros at the end of a fraction, the same moment in UTC. */
function momentOf(text: string): string {
  const spelled = text.toUpperCase().replace(' ', 'T')
  if (/(Z|T.*[+-]\d\d:\d\d)$/.test(spelled)) return new Date(spelled).toISOString()
  return spelled.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')
}

describe('a valid file of toml-test', () => {
  it.each(Object.entries(suite.valid))('reads as it means: %s', (_name, { toml, json }) => {
    const value = parse(toml, { integersAsBigInt: 'asNeeded' })
    expectValue(value, json)
    const located = locate(toml, 64)
    if (located.kind === 'tooDeep') throw new Error('nests too deep')
    expectMirrors(value, located.root, toml)
    expect(tomlCodes(toml)).toEqual([])
  })
})

describe('an invalid file of toml-test', () => {
  it.each(Object.entries(suite.invalid))(
    'is refused in its place, unless TOML 1.1 allows it: %s',
    (name, source) => {
      const text = textOf(source)
      const codes = text === undefined ? ['toml_syntax'] : tomlCodes(text)
      expect(codes).toEqual(allowedToday.includes(name) ? [] : ['toml_syntax'])
    },
  )
})

it('holds all of the suite, and lists only what is in it', () => {
  expect([Object.keys(suite.valid).length, Object.keys(suite.invalid).length]).toEqual([100, 234])
  expect(allowedToday.filter((name) => !Object.hasOwn(suite.invalid, name))).toEqual([])
})
