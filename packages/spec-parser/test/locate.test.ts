import { describe, expect, it } from 'vitest'

import { locate } from '../src/locate.ts'
import type { Place } from '../src/locate.ts'
import { offsetsInString } from '../src/toml/scan-string.ts'

/** The text at a path of keys and indexes. */
function textAt(text: string, path: readonly (string | number)[]): string | undefined {
  const result = locate(text, 64)
  if (result.kind === 'tooDeep') return undefined
  let place: Place | undefined = result.root
  for (const step of path)
    place = typeof step === 'number' ? place?.items[step] : place?.entries.get(step)?.place
  return place === undefined ? undefined : text.slice(place.span.start, place.span.end)
}

describe('locate', () => {
  it.each([
    ['a = 1', ['a'], '1'],
    ['a.b . c = "x" # c', ['a', 'b', 'c'], '"x"'],
    ['"a.b" = true', ['a.b'], 'true'],
    [String.raw`"\u0061" = true`, ['a'], 'true'],
    ["'lit' = 1.5", ['lit'], '1.5'],
    ['[t]\nk = 2', ['t', 'k'], '2'],
    ['[ t . u ]\nk = 2', ['t', 'u', 'k'], '2'],
    ['[[t]]\nk = 1\n[[t]]\nk = 2', ['t', 1, 'k'], '2'],
    ['[[t]]\n[t.u]\nk = 1\n[[t]]\n[t.u]\nk = 2', ['t', 1, 'u', 'k'], '2'],
    ['[[t]]\n[[t.u]]\nk = 1\n[[t.u]]\nk = 2', ['t', 0, 'u', 1, 'k'], '2'],
    ['a = { b = { c.d = 3 } }', ['a', 'b', 'c', 'd'], '3'],
    ['a = [\n  1, # one\n  2,\n]', ['a', 1], '2'],
    ['a = [[1], [2, { b = 3 }]]', ['a', 1, 1, 'b'], '3'],
    ['a = "]" \nb = 1', ['b'], '1'],
    ['a = """x"y""" \nb = 1', ['a'], '"""x"y"""'],
    ['a = """x""""" \nb = 1', ['a'], '"""x"""""'],
    ["a = '''x'''\nb = 1", ['b'], '1'],
    ['a = 2026-01-01 10:00:00\nb = 1', ['a'], '2026-01-01 10:00:00'],
    ['a = [2026-01-01, 2]', ['a', 1], '2'],
    ['[t]', ['t'], '[t]'],
    ['[[t]]', ['t', 0], '[[t]]'],
  ] as const)('finds in %j the value at %j', (text, path, expected) => {
    expect(textAt(text, path)).toBe(expected)
  })

  it('counts tables, dotted keys and arrays as levels', () => {
    expect(locate('a.b = [[1]]', 4).kind).toBe('located')
    expect(locate('a.b = [[1]]', 3).kind).toBe('tooDeep')
    expect(locate('[a.b]\nc = 1', 2).kind).toBe('tooDeep')
  })

  it.each(['[', '[[', 'a', 'a =', 'a = [', 'a = {', 'a = "', '= 1', 'a = [1 2]', '"', ']', '[a', 'a = """'])(
    'stops quietly where %j is no TOML',
    (text) => expect(locate(text, 64).kind).toBe('located'),
  )
})

describe('offsetsInString', () => {
  it.each([
    ['"abc"', [1, 2, 3, 4]],
    ["'a\\b'", [1, 2, 3, 4]],
    [String.raw`"a\tb\"c"`, [1, 2, 4, 5, 7, 8]],
    [String.raw`"\u00e9x"`, [1, 7, 8]],
    [String.raw`"\U0001F600x"`, [1, 1, 11, 12]],
    [String.raw`"\x41x"`, [1, 5, 6]],
    ['"""\nab"""', [4, 5, 6]],
    ['"""a\\\n   b"""', [3, 9, 10]],
    ['""', [1]],
  ])('maps each unit of %j to its place', (text, expected) => {
    expect(offsetsInString(text, { start: 0, end: text.length })).toEqual(expected)
  })
})
