import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { generateTypes, specJsonSchema, toMermaid } from '@perdure/spec-parser'
import { describe, expect, it } from 'vitest'

import { sectionNames } from '../src/sections/read-sections.ts'
import { parsed, specText } from './helpers.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const session = parsed(readFileSync(path.join(root, 'test/corpus/valid/session.ioa.toml'), 'utf8'))

describe('generateTypes', () => {
  /** The errors that the compiler has for a use of the generated types. */
  const compile = (use: string): string => {
    const folder = mkdtempSync(path.join(tmpdir(), 'perdure-types-'))
    try {
      const types = generateTypes([session, parsed(specText(''))])
      writeFileSync(
        path.join(folder, 'json.ts'),
        'export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue }\n',
      )
      writeFileSync(path.join(folder, 'types.ts'), types.replace("'@perdure/core'", "'./json.ts'"))
      writeFileSync(path.join(folder, 'use.ts'), `import type { EntityTypes } from './types.ts'\n${use}\n`)
      const flags = [
        '--ignoreConfig',
        '--noEmit',
        '--strict',
        '--allowImportingTsExtensions',
        '--module',
        'nodenext',
        '--target',
        'es2023',
      ]
      execFileSync(path.join(root, 'node_modules/.bin/tsc'), [...flags, path.join(folder, 'use.ts')], {
        stdio: 'pipe',
      })
      return ''
    } catch (error) {
      return String((error as { stdout?: Buffer }).stdout)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  it('gives statuses, fields and params that the compiler checks', () => {
    expect(
      compile(`
        export const status: EntityTypes['Session']['status'] = 'Running'
        export const params: EntityTypes['Session']['actions']['Configure'] = { user_message: 'hello' }
        export const turn: EntityTypes['Session']['actions']['RecordTurn'] = { tool_result: { any: ['json'] } }
        export const fields: Pick<EntityTypes['Sample']['fields'], 'count' | 'owner' | 'tags'> = { count: 1, owner: null, tags: [] }`),
    ).toBe('')
  }, 30_000)

  it('refuses what the spec refuses', () => {
    expect(compile(`export const status: EntityTypes['Session']['status'] = 'Runing'`)).toContain('TS2820')
    expect(compile(`export const params: EntityTypes['Session']['actions']['Configure'] = {}`)).toContain(
      'TS2741',
    )
  }, 30_000)
})

describe('toMermaid', () => {
  it('draws statuses, rules with their guards, and the ends', () => {
    expect(toMermaid(session)).toBe(`stateDiagram-v2
  [*] --> Created
  Created --> Configured : Configure
  Configured --> Running : Start [!empty(user_message)]
  Running --> Running : RecordTurn
  Running --> Done : Finish [turns > 0]
  Created --> Failed : Fail
  Configured --> Failed : Fail
  Running --> Failed : Fail
  Done --> [*]
  Failed --> [*]
`)
  })

  it('gives a name of its own to what Mermaid could not read', () => {
    const text = '[automaton]\nname = "A"\nstates = ["end", "in the; \\"end\\""]\ninitial = "end"\n'
    expect(toMermaid(parsed(text))).toBe(
      'stateDiagram-v2\n  state "end" as s0_\n  state "in the#59; #34;end#34;" as s1_\n  [*] --> s0_\n',
    )
  })
})

describe('specJsonSchema', () => {
  it('has every section, and of each the keys that the parser reads', () => {
    const properties = specJsonSchema['properties'] as Readonly<Record<string, object>>
    expect(Object.keys(properties).sort()).toEqual([...sectionNames].sort())
    expect(properties['state']).toMatchObject({
      items: { required: ['name'], properties: { overflow_ttl_seconds: { type: 'integer', minimum: 1 } } },
    })
    expect(properties['automaton']).toMatchObject({
      properties: { snapshot_every: { default: 100 } },
      required: ['name', 'states', 'initial'],
    })
  })

  it('is plain JSON', () => expect(JSON.parse(JSON.stringify(specJsonSchema))).toEqual(specJsonSchema))
})
