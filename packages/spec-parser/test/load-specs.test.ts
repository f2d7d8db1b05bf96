import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { isPerdureError } from '@perdure/core'
import { loadSpecs, readSpecs, SpecError } from '@perdure/spec-parser'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const spec = (name: string) => `[automaton]\nname = "${name}"\nstates = ["A"]\ninitial = "A"\n`

describe('loadSpecs', () => {
  let cwd = ''
  beforeEach(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'perdure-specs-'))
  })
  afterEach(() => rm(cwd, { recursive: true }))

  const load = async (globs: string | readonly string[]): Promise<SpecError> => {
    const error: unknown = await loadSpecs(globs, { cwd }).catch((error: unknown) => error)
    if (!(error instanceof SpecError)) throw new Error('expected a SpecError')
    return error
  }

  it('loads every file that a glob matches, in order of name and once', async () => {
    await writeFile(path.join(cwd, 'b.ioa.toml'), spec('B'))
    await writeFile(path.join(cwd, 'a.ioa.toml'), spec('A'))
    const specs = await loadSpecs(['*.ioa.toml', 'a.ioa.toml'], { cwd })
    expect(specs.map(({ name }) => name)).toEqual(['A', 'B'])
  })

  it('takes an absolute path', async () => {
    await writeFile(path.join(cwd, 'a.ioa.toml'), spec('A'))
    await expect(loadSpecs(path.join(cwd, 'a.ioa.toml'))).resolves.toHaveLength(1)
  })

  it('refuses a glob that matches nothing', async () => {
    await writeFile(path.join(cwd, 'a.ioa.toml'), spec('A'))
    const error = await load(['*.ioa.toml', 'more/*.ioa.toml'])
    expect(error.code).toBe('spec_not_found')
    expect(error.message).toContain('more/*.ioa.toml')
  })

  it('lists every diagnostic of every file with place, code, message and hint', async () => {
    await writeFile(path.join(cwd, 'a.ioa.toml'), `${spec('A')}terminl = []\n`)
    await writeFile(path.join(cwd, 'b.ioa.toml'), spec('B').replace('initial = "A"', 'initial = "B"'))
    const error = await load('*.ioa.toml')
    expect(isPerdureError(error, 'spec_invalid')).toBe(true)
    expect(error.issues).toHaveLength(2)
    expect(error.message).toContain(
      `a.ioa.toml:5:1 unknown_key [automaton] has no key 'terminl' (did you mean 'terminal'?)`,
    )
    expect(error.message).toContain(`b.ioa.toml:4:11 unknown_state there is no state 'B'`)
  })

  it('refuses two files of one entity type', async () => {
    await writeFile(path.join(cwd, 'a.ioa.toml'), spec('A'))
    await writeFile(path.join(cwd, 'b.ioa.toml'), spec('A'))
    expect((await load('*.ioa.toml')).issues).toMatchObject([{ code: 'duplicate_name', file: 'b.ioa.toml' }])
  })

  it('says which file cannot be read', async () => {
    const error: unknown = await readSpecs(['gone.ioa.toml'], { cwd }).catch((error: unknown) => error)
    expect(isPerdureError(error, 'spec_unreadable')).toBe(true)
    expect(String(error)).toContain('cannot read the spec gone.ioa.toml: ENOENT')
  })

  it('does not miss types that are in a file with errors', async () => {
    await writeFile(path.join(cwd, 'a.ioa.toml'), parent(`spawn('Child', 'Begin')`))
    await writeFile(path.join(cwd, 'b.ioa.toml'), spec('Child').replace('initial = "A"', ''))
    await writeFile(path.join(cwd, 'c.ioa.toml'), parent(`spawn('Child', 'Begin')`))
    const { issues } = await readSpecs(['a.ioa.toml', 'b.ioa.toml', 'c.ioa.toml'], { cwd })
    const errors = issues.filter(({ severity }) => severity === 'error')
    expect(errors.map(({ code, file }) => [code, file])).toEqual([
      ['missing_key', 'b.ioa.toml'],
      ['duplicate_name', 'c.ioa.toml'],
    ])
  })

  it.each([
    ['a byte that UTF-8 never has', [0xff], 3],
    ['half a character', [0xc3], 3],
    ['half a character before more text', [0xc3, 0x28], 3],
    ['a lone surrogate', [0xed, 0xa0, 0x80], 3],
    ['a fault behind a character of two bytes', [0xc3, 0xa9, 0x80], 4],
  ])('points at %s', async (_what, fault, column) => {
    const start = Buffer.from('# é\n# ')
    await writeFile(path.join(cwd, 'a.ioa.toml'), Buffer.concat([start, Buffer.from(fault)]))
    await writeFile(path.join(cwd, 'b.ioa.toml'), `${spec('B')}terminl = []\n`)
    const error = await load('*.ioa.toml')
    expect(error.issues).toMatchObject([
      { code: 'toml_syntax', file: 'a.ioa.toml', line: 2, column },
      { code: 'unknown_key', file: 'b.ioa.toml' },
    ])
  })

  it('does not take a folder for a spec', async () => {
    await mkdir(path.join(cwd, 'a.ioa.toml'))
    expect((await load('*.ioa.toml')).code).toBe('spec_not_found')
  })

  const parent = (spawn: string) =>
    `[automaton]\nname = "Parent"\nstates = ["A"]\ninitial = "A"\n[[action]]\nname = "Go"\neffect = "${spawn}"\n`

  it('checks several files against each other, and points at the statement that is wrong', async () => {
    await writeFile(path.join(cwd, 'a.ioa.toml'), parent(`spawn('Kid', 'Begin')`))
    await writeFile(path.join(cwd, 'b.ioa.toml'), spec('Child'))
    const error = await load('*.ioa.toml')
    expect(error.issues.filter(({ severity }) => severity === 'error')).toMatchObject([
      {
        code: 'spawn_target_missing',
        file: 'a.ioa.toml',
        line: 7,
        column: 11,
        hint: "the entity types: 'Parent', 'Child'",
      },
    ])
  })

  it('checks a file that is loaded alone against itself only', async () => {
    await writeFile(path.join(cwd, 'a.ioa.toml'), parent(`spawn('Kid', 'Begin')`))
    await expect(loadSpecs('a.ioa.toml', { cwd })).resolves.toHaveLength(1)
    await writeFile(path.join(cwd, 'a.ioa.toml'), parent(`spawn('Parent', 'Begin')`))
    expect((await load('a.ioa.toml')).issues).toContainEqual(
      expect.objectContaining({ code: 'spawn_action_missing' }),
    )
  })

  it('tells warnings and infos of what loads to who wants to hear them', async () => {
    await writeFile(
      path.join(cwd, 'a.ioa.toml'),
      `${spec('A')}[[state]]\nname = "unused"\n[admission]\nqueue_depth = 1\n`,
    )
    const heard: string[] = []
    await loadSpecs('a.ioa.toml', { cwd, unsupported: 'warn', onIssue: ({ code }) => heard.push(code) })
    expect(heard).toEqual(['unused_variable', 'unsupported_section'])
  })
})
