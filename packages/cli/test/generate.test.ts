import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli } from './helpers/run-cli.ts'
import { broken, lamp } from './helpers/specs.ts'
import { makeWorkspace, readText } from './helpers/workspace.ts'

const root = path.resolve(import.meta.dirname, '../../..')

describe('types', () => {
  it('prints a module with every spec in it', async () => {
    const cwd = await makeWorkspace({ 'a.ioa.toml': lamp, 'b.ioa.toml': lamp.replace('Lamp', 'Torch') })
    const { exitCode, stdout } = await runCli(['types'], { cwd })
    expect(exitCode).toBe(0)
    expect(stdout).toContain('export type LampStatus =')
    expect(stdout).toContain('export interface TorchActions')
    expect(stdout).toContain('readonly cause: string')
  })

  it('writes the file it is told to, and leaves one that is up to date alone', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp })
    const argv = ['types', '--out', 'src/entities.ts']
    expect(await runCli(argv, { cwd })).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: 'wrote the types of 1 spec to src/entities.ts\n',
    })
    expect(await readText(cwd, 'src/entities.ts')).toContain('export interface EntityTypes')
    expect(await runCli(argv, { cwd })).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  })

  it('ends with 1 when told to check and the file is out of date, and does not write it', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp, 'entities.ts': '// of old\n' })
    const { exitCode, stdout } = await runCli(['types', '--out', 'entities.ts', '--check'], { cwd })
    expect(exitCode).toBe(1)
    expect(stdout).toBe('entities.ts is out of date\n')
    expect(await readText(cwd, 'entities.ts')).toBe('// of old\n')
  })

  it('ends with 1 on a spec with errors, and writes nothing', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': broken })
    const { exitCode, stdout, stderr } = await runCli(['types'], { cwd })
    expect(exitCode).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain('error spec_invalid: 1 error in lamp.ioa.toml')
  })

  it('ends with 2 when the file cannot be written', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp, taken: '' })
    const { exitCode, stderr } = await runCli(['types', '--out', 'taken/entities.ts'], { cwd })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error cannot_write: cannot write taken/entities.ts')
  })

  it('makes the module on which the type tests of hosts rest', async () => {
    const spec = path.join(root, 'test/corpus/valid/session.ioa.toml')
    const { stdout } = await runCli(['types', spec], { cwd: root })
    const kept = await readFile(path.join(root, 'packages/actors/test/helpers/session-types.ts'), 'utf8')
    expect(withoutLayout(kept)).toBe(withoutLayout(stdout))
  })
})

describe('schema', () => {
  it('prints the JSON Schema of spec files, or writes it', async () => {
    const cwd = await makeWorkspace({})
    const { exitCode, stdout } = await runCli(['schema'], { cwd })
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ required: ['automaton'], additionalProperties: false })
    expect(await runCli(['schema', '--out', 'spec.schema.json'], { cwd })).toMatchObject({ stdout: '' })
    expect(await readText(cwd, 'spec.schema.json')).toBe(stdout)
  })
})

/** The formatter of this repository quotes and breaks lines in its own way. */
function withoutLayout(text: string): string {
  return text.replaceAll(/[\s'"|]/g, '')
}
