import { readFile, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { broken, lamp, vast } from './helpers/specs.ts'
import { spawnCli, waitForOutput } from './helpers/spawn-cli.ts'
import { makeWorkspace } from './helpers/workspace.ts'

const timeout = 30_000

describe('the process', () => {
  it(
    'exits with 0, 1 and 2, writes reports to stdout and errors to stderr, without colour in a pipe',
    async () => {
      const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp, 'broken/lamp.ioa.toml': broken })
      const runs = [['check'], ['check', 'broken'], ['check', 'nope']].map(
        (argv) => spawnCli(argv, { cwd }).ended,
      )
      const [sound, unsound, unknown] = await Promise.all(runs)
      expect(sound).toEqual({ exitCode: 0, stdout: '✓ no problems in 1 spec\n', stderr: '' })
      expect(unsound).toMatchObject({ exitCode: 1, stderr: '' })
      expect(unsound?.stdout).toContain('error unknown_state')
      expect(unsound?.stdout).not.toContain('\u001B')
      expect(unknown).toMatchObject({ exitCode: 2, stdout: '' })
      expect(unknown?.stderr).toContain('error spec_not_found')
    },
    timeout,
  )

  it(
    'says nothing when its reader has seen enough',
    async () => {
      // More than the buffer of a pipe holds.
      const rules = Array.from(
        { length: 2000 },
        (_, index) => `\n[[action]]\nname = "A${index}"\nto = "Nowhere"\n`,
      )
      const cwd = await makeWorkspace({ 'lamp.ioa.toml': `${lamp}${rules.join('')}` })
      const { child, ended } = spawnCli(['check'], { cwd })
      child.stdout.once('data', () => child.stdout.destroy())
      expect(await ended).toMatchObject({ stderr: '', stdout: '' })
    },
    timeout,
  )

  it.skipIf(process.platform === 'win32')(
    'watches until Ctrl-C, and ends well then',
    async () => {
      const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp })
      const { child, ended } = spawnCli(['check', '--watch'], { cwd })
      await waitForOutput(child.stdout, 'watching')
      child.kill('SIGINT')
      expect(await ended).toMatchObject({ exitCode: 0, stderr: '' })
    },
    timeout,
  )

  it.skipIf(process.platform === 'win32')(
    'ends a search that would take a minute at Ctrl-C',
    async () => {
      const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp })
      const { child, ended } = spawnCli(['verify', '--watch'], { cwd })
      await waitForOutput(child.stdout, 'watching')
      await writeFile(path.join(cwd, 'vast.ioa.toml'), vast)
      // The search says nothing in a pipe; it begins within a second of the change.
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      child.kill('SIGINT')
      expect(await ended).toMatchObject({ exitCode: 0 })
    },
    timeout,
  )

  it(
    'loads no storage for spec commands, and no parser for help',
    async () => {
      const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp })
      const check = await modulesOf(['check'], cwd)
      expect(check.some((url) => url.includes('/spec-parser/'))).toBe(true)
      expect(
        check.filter((url) => /storage-pg|kysely|pglite|node_modules\/pg|dagre|xstate/.test(url)),
      ).toEqual([])
      const verify = await modulesOf(['verify'], cwd)
      expect(verify.some((url) => url.includes('/testkit/src/checker/'))).toBe(true)
      expect(
        verify.filter((url) =>
          /storage-pg|kysely|node_modules\/pg|xstate|fast-check|vitest|packages\/actors/.test(url),
        ),
      ).toEqual([])
      const help = await modulesOf(['--help'], cwd)
      expect(help.some((url) => url.includes('/commander/'))).toBe(true)
      expect(help.filter((url) => /\/packages\/(?!cli\/)|smol-toml|dagre/.test(url))).toEqual([])
    },
    timeout,
  )
})

/** The URLs of everything a run of the tool loads, as V8's coverage lists it. */
async function modulesOf(argv: readonly string[], cwd: string): Promise<readonly string[]> {
  const coverage = path.join(cwd, `coverage of ${argv.join(' ')}`)
  const { exitCode } = await spawnCli(argv, { cwd, env: { NODE_V8_COVERAGE: coverage } }).ended
  expect(exitCode).toBe(0)
  const reports = await Promise.all(
    (await readdir(coverage)).map((file) => readFile(path.join(coverage, file), 'utf8')),
  )
  return reports.flatMap((text) =>
    (JSON.parse(text) as { readonly result: readonly { readonly url: string }[] }).result.map(
      ({ url }) => url,
    ),
  )
}
