import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

import { isPerdureError } from '@perdure/core'
import { formatSpec, parseSpec, printSpec } from '@perdure/spec-parser'
import { describe, expect, it } from 'vitest'

import { parsed, specText } from './helpers.ts'

const corpus = path.resolve(import.meta.dirname, '../../../test/corpus')
const texts = ['valid', 'legacy', 'codes'].flatMap((folder) =>
  readdirSync(path.join(corpus, folder))
    .filter((file) => file.endsWith('.ioa.toml'))
    .map((file) => [`${folder}/${file}`, readFileSync(path.join(corpus, folder, file), 'utf8')] as const),
)
const valid = texts.filter(([, text]) => parseSpec(text).spec !== undefined)

describe.each(valid)('%s', (_, text) => {
  it('is printed as a spec that parses to the same, and is printed the same again', () => {
    const spec = parsed(text)
    const printed = printSpec(spec)
    expect(parsed(printed)).toEqual(spec)
    expect(printSpec(parsed(printed))).toBe(printed)
    expect(parseSpec(printed).issues.filter(({ code }) => code === 'legacy_form')).toEqual([])
  })
})

describe.each(texts)('%s', (_, text) => {
  it('means the same when it is formatted, keeps its comments, and formatting again changes nothing', () => {
    const formatted = formatSpec(text)
    expect(parseSpec(formatted).spec).toEqual(parseSpec(text).spec)
    expect(formatSpec(formatted)).toBe(formatted)
    expect(formatted.match(/#.*/g)?.map((comment) => comment.trimEnd())).toEqual(
      text.match(/#.*/g)?.map((comment) => comment.trimEnd()),
    )
  })
})

describe('printSpec', () => {
  it('leaves defaults out', () => {
    const text =
      '[automaton]\nname = "A"\nstates = ["S"]\ninitial = "S"\n\n[[state]]\nname = "v"\ntype = "string"\n'
    expect(printSpec(parsed(text))).toBe(text)
  })

  it('keeps every string as it is: NUL, DEL, quotes, line ends, half a surrogate pair', () => {
    const odd = '\0\u007F"\'\\\r\n\t\uD800\uDC00\uD800"""'
    const spec = parsed(specText(''))
    const variables = spec.variables.map((variable) =>
      variable.type === 'string' ? { ...variable, initial: odd } : variable,
    )
    expect(parsed(printSpec({ ...spec, variables })).variables[0]?.initial).toBe(odd)
  })

  it('refuses what TOML cannot say, by a code', () => {
    const spec = parsed(specText(''))
    const variables = spec.variables.map((variable) =>
      variable.type === 'json' ? { ...variable, initial: { a: null } } : variable,
    )
    let thrown: unknown
    try {
      printSpec({ ...spec, variables })
    } catch (error) {
      thrown = error
    }
    expect(isPerdureError(thrown, 'spec_unprintable')).toBe(true)
  })
})

describe('formatSpec', () => {
  it('spaces keys and sections, and touches no value', () => {
    const messy =
      '\n\n  name="x"   # why  \n[a]\n# about b\n[ b ]\nk   =  [1,\n    2,   \n]\n\n\n\nt={x=1,y = 2}\ns = """\n  keep  \n\n\n[no header]"""\n'
    expect(formatSpec(messy)).toBe(
      'name = "x"   # why\n\n[a]\n\n# about b\n[ b ]\nk = [1,\n    2,\n]\n\nt = {x = 1,y = 2}\ns = """\n  keep  \n\n\n[no header]"""\n',
    )
  })

  it('gives back what is no TOML', () => expect(formatSpec('[[[')).toBe('[[['))
})
