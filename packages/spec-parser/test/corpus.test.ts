// The corpus: valid files load without a word, invalid ones give exactly the diagnostics beside them.
// UPDATE_CORPUS=1 rewrites the expectations; read the difference before you keep it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { parseSpec } from '@perdure/spec-parser'
import { describe, expect, it } from 'vitest'

const corpus = path.resolve(import.meta.dirname, '../../../test/corpus')
const filesIn = (folder: string) =>
  readdirSync(path.join(corpus, folder)).filter((file) => file.endsWith('.ioa.toml'))
const read = (folder: string, file: string) => readFileSync(path.join(corpus, folder, file), 'utf8')

describe('a valid file of the corpus loads without errors or warnings', () => {
  it.each(filesIn('valid'))('%s', (file) => {
    const { spec, issues } = parseSpec(read('valid', file), { file })
    expect(issues.filter(({ severity }) => severity !== 'info')).toEqual([])
    expect(spec).toBeDefined()
  })
})

describe('an invalid file of the corpus gives exactly the diagnostics beside it', () => {
  it.each(filesIn('invalid'))('%s', (file) => {
    const { spec, issues } = parseSpec(read('invalid', file))
    const beside = path.join(corpus, 'invalid', file.replace('.ioa.toml', '.expected.json'))
    if (process.env['UPDATE_CORPUS'] === '1')
      writeFileSync(beside, `${JSON.stringify(issues, undefined, 2)}\n`)
    expect(issues).toEqual(JSON.parse(readFileSync(beside, 'utf8')))
    expect(spec).toBeUndefined()
  })

  it('reports all ten mistakes of a file that has ten', () => {
    const { issues } = parseSpec(read('invalid', 'ten-mistakes.ioa.toml'))
    expect(issues.filter(({ severity }) => severity === 'error')).toHaveLength(10)
  })
})
