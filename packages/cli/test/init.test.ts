import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli } from './helpers/run-cli.ts'
import { makeWorkspace, readText } from './helpers/workspace.ts'

const root = path.resolve(import.meta.dirname, '../../..')

describe('init', () => {
  it('writes a project into a new directory and says how to go on', async () => {
    const cwd = await makeWorkspace({})
    const { exitCode, stdout, stderr } = await runCli(['init', 'my Shop'], { cwd })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const files = await readdir(path.join(cwd, 'my Shop'), { recursive: true })
    for (const file of [
      'package.json',
      'entities/order.ioa.toml',
      'src/main.ts',
      'test/order.test.ts',
      '.taplo.toml',
    ]) {
      expect(files).toContain(path.normalize(file))
      expect(stdout).toContain(`  + ${path.normalize(file)}\n`)
    }
    expect(files).toContain('.gitignore')
    expect(stdout).toMatch(/Next:\n {2}cd my Shop\n {2}npm install\n {2}npm start\n$/)
    expect(await readText(cwd, 'my Shop/README.md')).toMatch(/^# my Shop\n/)
    expect(JSON.parse(await readText(cwd, 'my Shop/package.json'))).toMatchObject({
      name: 'my-shop',
      private: true,
    })
  })

  it('overwrites nothing: a directory with one of its files is left as it is', async () => {
    const cwd = await makeWorkspace({ 'src/main.ts': '// mine\n' })
    const { exitCode, stderr } = await runCli(['init'], { cwd })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error already_there')
    expect(stderr).toContain('src/main.ts')
    expect(await readdir(cwd)).toEqual(['src'])
    expect(await readText(cwd, 'src/main.ts')).toBe('// mine\n')
  })

  it('writes specs without a problem, and types and a schema that are up to date', async () => {
    const cwd = await makeWorkspace({})
    await runCli(['init', '.'], { cwd })
    expect((await runCli(['check', '--strict'], { cwd })).exitCode).toBe(0)
    expect((await runCli(['format', '--check'], { cwd })).exitCode).toBe(0)
    expect((await runCli(['types', '--out', 'src/entities.ts', '--check'], { cwd })).exitCode).toBe(0)
    const { stdout } = await runCli(['schema'], { cwd })
    expect(await readText(cwd, 'entities/perdure.schema.json')).toBe(stdout)
    expect(await readText(cwd, '.taplo.toml')).toContain('path = "entities/perdure.schema.json"')
  })

  it('asks for Perdure in its own version, and for tools in the versions that this repository is tested with', async () => {
    const cwd = await makeWorkspace({})
    await runCli(['init', '.'], { cwd })
    const { dependencies, devDependencies } = JSON.parse(await readText(cwd, 'package.json')) as Record<
      'dependencies' | 'devDependencies',
      Readonly<Record<string, string>>
    >
    const catalog = await readFile(path.join(root, 'pnpm-workspace.yaml'), 'utf8')
    for (const [name, range] of Object.entries({ ...dependencies, ...devDependencies })) {
      if (name.startsWith('@perdure/')) {
        const folder = path.join(root, 'packages', name.slice('@perdure/'.length), 'package.json')
        const { version } = JSON.parse(await readFile(folder, 'utf8')) as { readonly version: string }
        expect(range).toBe(`^${version}`)
      } else {
        expect(catalog).toMatch(new RegExp(`^ {2}'?${name}'?: ${range.slice(1)}$`, 'm'))
      }
    }
  })
})
