import { execFileSync, spawnSync } from 'node:child_process'
import path from 'node:path'
import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { runCli } from './helpers/run-cli.ts'
import { makeWorkspace } from './helpers/workspace.ts'

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0

async function script(shell: string): Promise<string> {
  const cwd = await makeWorkspace({})
  const { exitCode, stdout } = await runCli(['completion', shell], { cwd })
  expect(exitCode).toBe(0)
  const file = path.join(cwd, 'completion')
  await writeFile(file, stdout)
  return file
}

describe.runIf(has('bash'))('completion for bash', () => {
  async function complete(...words: string[]): Promise<readonly string[]> {
    const program =
      'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _perdure; echo "${COMPREPLY[*]}"'
    const output = execFileSync('bash', ['-c', program, 'bash', await script('bash'), 'perdure', ...words])
    return output.toString().split(/\s+/).filter(Boolean)
  }

  it('offers commands first', async () => {
    expect(await complete('ch')).toEqual(['check', 'check-compat'])
    expect(await complete('')).toEqual(expect.arrayContaining(['init', 'tail', 'help']))
  })

  it('offers the options of a command, and the values of an option', async () => {
    expect(await complete('check', '--s')).toEqual(['--strict'])
    expect(await complete('graph', '--format', '')).toEqual(['mermaid', 'svg'])
    expect(await complete('verify', '--trace', '')).toEqual(['table', 'test', 'commands'])
    expect(await complete('simulate', '--se')).toEqual(['--seeds', '--seed'])
    expect(await complete('completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']))
  })

  it('offers the commands of a group, and then the options of the one that is named', async () => {
    expect(await complete('storage', 'sta')).toEqual(['stats'])
    expect(await complete('storage', 'stats', '--j')).toEqual(['--json'])
    expect(await complete('storage', 'stats', '--storage', '')).toEqual([])
  })

  it('leaves files to the shell', async () => {
    expect(await complete('types', '--out', '')).toEqual([])
    expect(await complete('check', 'entities/')).toEqual([])
  })
})

describe.runIf(has('zsh'))('completion for zsh', () => {
  it('is a script that zsh understands', async () => {
    expect(spawnSync('zsh', ['-n', await script('zsh')])).toMatchObject({ status: 0 })
  })
})

describe.runIf(has('fish'))('completion for fish', () => {
  it('offers commands, options and values', async () => {
    const file = await script('fish')
    const complete = (line: string) =>
      execFileSync('fish', [
        '--no-config',
        '-c',
        `source ${file}; complete -C ${JSON.stringify(line)}`,
      ]).toString()
    expect(complete('perdure che')).toContain('check\t')
    expect(complete('perdure check --stri')).toContain('--strict\t')
    expect(complete('perdure graph --format ')).toContain('mermaid\t')
    expect(complete('perdure storage sta')).toContain('stats\t')
    expect(complete('perdure storage stats --jso')).toContain('--json\t')
  })
})

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('for %s knows every command and option of the help', async (shell) => {
    const cwd = await makeWorkspace({})
    const { stdout } = await runCli(['completion', shell], { cwd })
    const known = async (...group: string[]): Promise<void> => {
      const { stdout: help } = await runCli([...group, '--help'], { cwd })
      const commands = [...help.matchAll(/^ {2}([a-z][a-z-]+) /gm)].map(([, name]) => name ?? '')
      expect(commands.length).toBeGreaterThan(group.length === 0 ? 14 : 0)
      for (const command of commands) {
        expect(stdout).toContain(command)
        if (command === 'help') continue
        const { stdout: text } = await runCli([...group, command, '--help'], { cwd })
        for (const [, option = ''] of text.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm)) {
          expect(stdout, `${command} --${option}`).toContain(
            shell === 'fish' ? `-l ${option}` : `--${option}`,
          )
        }
      }
    }
    await known()
    await known('storage')
  })
})
