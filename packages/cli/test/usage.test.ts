import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli } from './helpers/run-cli.ts'
import { lamp } from './helpers/specs.ts'
import { makeWorkspace } from './helpers/workspace.ts'

const cwd = import.meta.dirname
const commands =
  'init check lint format migrate-spec types schema graph explain verify simulate entities state history events tail consumers migrate storage completion'.split(
    ' ',
  )

describe('help', () => {
  it('lists every command, and is what one gets for saying nothing', async () => {
    const { exitCode, stdout, stderr } = await runCli(['--help'], { cwd })
    expect(exitCode).toBe(0)
    expect(stderr).toBe('')
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} .*\\w`, 'm'))
    expect(stdout).toContain('Exit codes: 0')
    expect(await runCli([], { cwd })).toEqual({ exitCode, stdout, stderr })
  })

  it.each(commands)('of %s describes it and shows examples', async (command) => {
    const { exitCode, stdout } = await runCli([command, '--help'], { cwd })
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(new RegExp(`^Usage: perdure ${command} `))
    expect(stdout).toMatch(/\nExamples:\n {2}\$ \S/)
    expect((await runCli(['help', command], { cwd })).stdout).toBe(stdout)
  })

  it('of a group is what one gets for naming it alone', async () => {
    const { exitCode, stdout, stderr } = await runCli(['storage'], { cwd })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect((await runCli(['storage', '--help'], { cwd })).stdout).toBe(stdout)
  })

  it('of every command of a group describes it and shows examples', async () => {
    const names = await commandsOf(['storage'])
    expect(names).toContain('stats')
    for (const name of names) {
      const { exitCode, stdout } = await runCli(['storage', name, '--help'], { cwd })
      expect(exitCode).toBe(0)
      expect(stdout).toMatch(new RegExp(`^Usage: perdure storage ${name} `))
      expect(stdout).toMatch(/\nExamples:\n {2}\$ \S/)
    }
  })

  it('fits the terminal', async () => {
    const { stdout } = await runCli(['--help'], { cwd, columns: 80 })
    const tooLong = stdout.split('\n').filter((line) => line.length > 80 && !line.startsWith('Exit codes'))
    expect(tooLong).toEqual([])
  })
})

/** The commands that the help of a group lists. */
async function commandsOf(argv: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await runCli([...argv, '--help'], { cwd })
  return [...stdout.matchAll(/^ {2}([a-z][a-z-]+) /gm)].map(([, name = '']) => name)
}

describe('--version', () => {
  it('prints the version of the package', async () => {
    const manifest = await readFile(path.join(cwd, '../package.json'), 'utf8')
    const { version } = JSON.parse(manifest) as { readonly version: string }
    expect(await runCli(['--version'], { cwd })).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' })
  })
})

describe('wrong usage', () => {
  it.each([
    ['a misspelt command', ['chekc'], "error usage: unknown command 'chekc'\n  = did you mean 'check'?\n"],
    [
      'a misspelt option',
      ['check', '--jsn'],
      "error usage: unknown option '--jsn'\n  = did you mean '--json'?\n",
    ],
    [
      'a missing argument',
      ['explain'],
      "error usage: missing required argument 'file'\n  = 'perdure explain --help' shows how it is used\n",
    ],
    [
      'a value that is none of those there are',
      ['graph', 'x', '--format', 'png'],
      "error usage: option '-f, --format <format>' argument 'png' is invalid. Allowed choices are mermaid, svg.\n  = 'perdure graph --help' shows how it is used\n",
    ],
    [
      'a number that is none',
      ['history', 'Lamp', 'l-1', '--last', '-1'],
      "error usage: option '-n, --last <count>' argument '-1' is invalid. It must be a whole number above 0.\n  = 'perdure history --help' shows how it is used\n",
    ],
    [
      'help for a misspelt command',
      ['help', 'chekc'],
      "error usage: unknown command 'chekc'\n  = did you mean 'check'?\n",
    ],
    [
      'a fault that is none',
      ['simulate', '--faults', 'failAfter,fire'],
      "error usage: there is no fault 'fire'\n  = --faults is swarm, none, or some of failBefore,failAfter,latency,duplicate,missingBlob,corruptBlob,crashBefore,crashDuring,crashAfter,reorder,clockJump\n",
    ],
    [
      'fields that are none',
      ['verify', '--create', '[1]'],
      `error usage: --create takes a JSON object or 'any', not [1]\n  = as in --create '{"customer":"c-1"}'\n`,
    ],
    [
      'a shell that is none of those there are',
      ['completion', 'tcsh'],
      "error usage: 'tcsh' is invalid for argument 'shell'. Allowed choices are bash, zsh, fish.\n  = 'perdure completion --help' shows how it is used\n",
    ],
    [
      'two options of which one will do',
      ['format', '--write', '--check'],
      "error usage: option '--check' cannot be used with option '--write'\n  = 'perdure format --help' shows how it is used\n",
    ],
    [
      'a comparison with nothing',
      ['types', '--check'],
      "error usage: --check compares with a file, and none is named\n  = name it, as in 'perdure types --out src/entities.ts --check'\n",
    ],
    [
      'a misspelt command of a group',
      ['storage', 'stat'],
      "error usage: unknown command 'stat'\n  = did you mean 'stats'?\n",
    ],
    [
      'an argument too many for a command of a group',
      ['storage', 'stats', 'x'],
      "error usage: too many arguments for 'stats'. Expected 0 arguments but got 1.\n  = 'perdure storage stats --help' shows how it is used\n",
    ],
    [
      'an argument too many',
      ['schema', 'x'],
      "error usage: too many arguments for 'schema'. Expected 0 arguments but got 1.\n  = 'perdure schema --help' shows how it is used\n",
    ],
  ])('such as %s ends with 2 and says what to do', async (_, argv, stderr) => {
    expect(await runCli(argv, { cwd })).toEqual({ exitCode: 2, stdout: '', stderr })
  })
})

describe('errors', () => {
  it('show no stack, unless PERDURE_DEBUG=1 asks for it', async () => {
    const quiet = await runCli(['check', 'nope'], { cwd })
    expect(quiet.stderr).not.toContain('    at ')
    const loud = await runCli(['check', 'nope'], { cwd, env: { PERDURE_DEBUG: '1' } })
    expect(loud.stderr).toContain('CliError: no spec matches nope')
    expect(loud.stderr).toContain('    at ')
  })

  it('show the causes too when asked', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp, taken: '' })
    const argv = ['graph', 'lamp.ioa.toml', '--out', 'taken/lamp.svg']
    const { stderr } = await runCli(argv, { cwd, env: { PERDURE_DEBUG: '1' } })
    expect(stderr).toContain('caused by Error: E')
  })
})
