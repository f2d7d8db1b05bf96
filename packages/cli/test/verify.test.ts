import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli } from './helpers/run-cli.ts'
import { broken, lamp, vast } from './helpers/specs.ts'
import { makeWorkspace, readText } from './helpers/workspace.ts'

const checker = path.resolve(import.meta.dirname, '../../testkit/test/checker')
const tickets = await readFile(path.join(checker, 'tickets.ioa.toml'), 'utf8')

/** The text without how long it took. */
const timeless = (text: string) => text.replaceAll(/\d+ ms$/gm, '0 ms')

describe('verify', () => {
  it('ends with 0 and says what was proved', async () => {
    const cwd = await makeWorkspace({ 'entities/lamp.ioa.toml': lamp })
    const { exitCode, stdout, stderr } = await runCli(['verify'], { cwd })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toContain('✓ Lamp: pass')
    expect(stdout).toContain('holds: invariant OnWasSwitched')
  })

  it('ends with 1 and shows the shortest run to what is wrong', async () => {
    const cwd = await makeWorkspace({ 'tickets.ioa.toml': tickets })
    const { exitCode, stdout } = await runCli(['verify', 'tickets.ioa.toml'], { cwd })
    expect(exitCode).toBe(1)
    expect(timeless(stdout)).toBe(await readFile(path.join(checker, 'tickets-report.txt'), 'utf8'))
  })

  it('ends with 2 when a limit is met: that is no pass', async () => {
    const cwd = await makeWorkspace({ 'vast.ioa.toml': vast })
    const { exitCode, stdout } = await runCli(['verify', '--max-states', '5000'], { cwd })
    expect(exitCode).toBe(2)
    expect(stdout).toContain('? Vast: inconclusive')
    expect(stdout).toContain('(cut short by maxStates)')
  })

  it('ends with 1 on specs with errors, before looking at any state', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': broken })
    const { exitCode, stdout, stderr } = await runCli(['verify'], { cwd })
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain("'perdure check' shows them in their lines")
  })

  it('prints one JSON object with the verdict, the files and the runs', async () => {
    const cwd = await makeWorkspace({ 'a/lamp.ioa.toml': lamp, 'a/tickets.ioa.toml': tickets })
    const { exitCode, stdout } = await runCli(['verify', 'a', '--json'], { cwd })
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      formatVersion: 1,
      ok: false,
      verdict: 'fail',
      specs: [
        { file: 'a/lamp.ioa.toml', name: 'Lamp', verdict: 'pass' },
        { file: 'a/tickets.ioa.toml', name: 'Ticket', verdict: 'fail' },
      ],
    })
    expect(stdout).toContain('"action": "Assign"')
  })

  it('prints a run as a test, or as commands, alone on stdout; the report goes to stderr', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp, 'tickets.ioa.toml': tickets })
    const test = await runCli(['verify', '--trace', 'test'], { cwd })
    expect(test.exitCode).toBe(1)
    expect(test.stdout).toMatch(/^\/\/ status == 'Closed' => /)
    expect(test.stdout).toContain("await loadSpecs('tickets.ioa.toml')")
    expect(test.stderr).toContain('✗ Ticket: fail')
    const commands = await runCli(['verify', '--trace', 'commands'], { cwd })
    expect(
      commands.stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { create: {} },
      { action: 'Assign', params: { assignee: '' } },
      { action: 'Comment', params: {} },
      { action: 'Close', params: {} },
    ])
    expect((await runCli(['verify', 'lamp.ioa.toml', '--trace', 'test'], { cwd })).stdout).toBe('')
  })

  it('says which small mistakes nobody would notice', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp })
    const { stdout } = await runCli(['verify', '--mutation'], { cwd })
    expect(stdout).toMatch(/mutation score \d+ %: \d+ of \d+ small mistakes would be noticed/)
  })

  it('asks for what is inevitable, given the inputs that can be relied on and the fields of creation', async () => {
    const cwd = await makeWorkspace({ 'tickets.ioa.toml': tickets })
    const verify = async (...argv: string[]) => (await runCli(['verify', ...argv, '--json'], { cwd })).stdout
    const statusOf = (text: string) =>
      (
        JSON.parse(text) as { specs: { properties: { kind: string; severity: string }[] }[] }
      ).specs[0]?.properties.find(({ kind }) => kind === 'inevitable')
    expect(statusOf(await verify())).toMatchObject({ severity: 'info', status: 'violated' })
    expect(statusOf(await verify('--liveness', 'inevitable'))).toMatchObject({ severity: 'error' })
    expect(await verify('--create', '{"assignee":"me"}')).toContain('"assignee": "me"')
    expect(await verify('--fair', 'Assign, Comment,Close', '--liveness', 'inevitable')).not.toContain(
      'it waits for inputs only',
    )
  })

  it('takes promises about actions that there are, and suggests the nearest for one that there is not', async () => {
    const cwd = await makeWorkspace({ 'tickets.ioa.toml': tickets })
    const { stdout } = await runCli(['verify', '--strongly-fair', 'Close'], { cwd })
    expect(stdout).toContain('Close is asked at last when it becomes possible again and again')
    const { exitCode, stderr } = await runCli(['verify', '--fair', 'Asign'], { cwd })
    expect(exitCode).toBe(2)
    expect(stderr).toBe("error unknown_action: no spec has an action 'Asign'\n  = did you mean 'Assign'?\n")
  })

  it('writes what other tools read, with the run drawn in', async () => {
    const cwd = await makeWorkspace({ 'tickets.ioa.toml': tickets })
    const argv = ['verify', '--tla', 'out', '--dot', 'out', '--mermaid', 'out']
    const { exitCode, stderr } = await runCli(argv, { cwd })
    expect(exitCode).toBe(1)
    expect(stderr.match(/wrote out\/Ticket\.\w+/g)).toHaveLength(4)
    expect(await readText(cwd, 'out/Ticket.tla')).toContain('MODULE Ticket')
    expect(await readText(cwd, 'out/Ticket.cfg')).toContain('INVARIANT')
    expect(await readText(cwd, 'out/Ticket.dot')).toContain('color=red')
    expect(await readText(cwd, 'out/Ticket.mmd')).toContain('classDef trace')
  })

  it('says how far it is, in terminals only, and leaves nothing of it behind', async () => {
    const cwd = await makeWorkspace({ 'vast.ioa.toml': vast })
    const { stderr } = await runCli(['verify', '--max-seconds', '1'], { cwd, isTTY: true })
    expect(stderr).toMatch(/Vast: [\d,]+ states, [\d,]+ states\/s, [\d,]+ to look at/)
    expect(stderr).toMatch(/\r\u001B\[2K$/)
    const piped = await runCli(['verify', '--max-states', '200000'], { cwd })
    expect(piped.stderr).toBe('')
  })

  it('stops when it is interrupted, says what it saw so far, and ends with 2', async () => {
    const cwd = await makeWorkspace({ 'vast.ioa.toml': vast })
    const interruption = new AbortController()
    setTimeout(() => interruption.abort(), 300)
    const { exitCode, stdout, stderr } = await runCli(['verify'], { cwd, signal: interruption.signal })
    expect(exitCode).toBe(2)
    expect(stdout).toContain('(cut short by interrupted)')
    expect(stderr).toBe('interrupted: what was not looked at is not decided\n')
  })

  it('watches: looks again at every change, until Ctrl-C', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp })
    const interruption = new AbortController()
    const { exitCode, stdout } = await runCli(['verify', '--watch'], {
      cwd,
      signal: interruption.signal,
      onOutput: (text) => {
        if (text.includes('watching')) interruption.abort()
      },
    })
    expect(exitCode).toBe(0)
    expect(stdout).toContain('✓ Lamp: pass')
  })
})
