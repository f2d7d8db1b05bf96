// docs/guides/command-line.md shows what really happens.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli } from './helpers/run-cli.ts'
import { makeWorkspace } from './helpers/workspace.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const guide = await readFile(path.join(root, 'docs/guides/command-line.md'), 'utf8')
const order = await readFile(path.join(import.meta.dirname, '../template/entities/order.ioa.toml'), 'utf8')

/** The first column of the table of commands. */
const listed = Array.from(
  (guide.split('## Exit codes')[0] ?? '').matchAll(/^\| `([a-z-]+)/gm),
  ([, name = '']) => name,
)

describe('the guide', () => {
  it('lists the commands of the help, and no other', async () => {
    const { stdout } = await runCli(['--help'], { cwd: root })
    const real = [...stdout.matchAll(/^ {2}([a-z][a-z-]+) /gm)].map(([, name]) => name)
    expect(listed).toEqual(real.filter((name) => name !== 'help'))
  })

  it('names only options that there are', async () => {
    const { stdout: group } = await runCli(['storage', '--help'], { cwd: root })
    const inner = [...group.matchAll(/^ {2}([a-z][a-z-]+) /gm)].map(([, name = '']) => ['storage', name])
    const commands = [...listed.map((name) => [name]), ...inner]
    const helps = await Promise.all(commands.map((words) => runCli([...words, '--help'], { cwd: root })))
    const known = new Set(helps.flatMap(({ stdout }) => stdout.match(/--[a-z-]+/g) ?? []))
    const named = guide.match(/--[a-z][a-z-]+/g) ?? []
    expect(named.length).toBeGreaterThan(20)
    for (const option of named) expect(known).toContain(option)
  })

  it('shows what check and explain say', async () => {
    const blocks = [...guide.matchAll(/```text\n\$ perdure (.+)\n([\s\S]*?)```/g)]
    expect(blocks).toHaveLength(2)
    for (const [, command = '', shown] of blocks) {
      const text = command === 'check' ? order.replace('to = "Placed"', 'to = "Placd"') : order
      const cwd = await makeWorkspace({ 'entities/order.ioa.toml': text })
      expect((await runCli(command.split(' '), { cwd })).stdout).toBe(shown)
    }
  })

  it('has the association that init writes', async () => {
    const written = await readFile(path.join(import.meta.dirname, '../template/taplo.toml'), 'utf8')
    const rule = written.slice(written.indexOf('[[rule]]'))
    expect(guide).toContain(`# .taplo.toml\n${rule}`)
  })
})
