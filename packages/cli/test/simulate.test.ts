import { describe, expect, it } from 'vitest'
import { retryAppliedTwice } from '../../testkit/test/simulate/planted/cycle-bugs.ts'
import { runSimulate } from '../src/simulate/simulate-command.ts'
import { reproLine } from '../src/simulate/repro-line.ts'
import { defaults } from '../src/simulate/simulate-options.ts'
import { ioFor, runCli } from './helpers/run-cli.ts'
import { lamp } from './helpers/specs.ts'
import { makeWorkspace, readText } from './helpers/workspace.ts'

describe('simulate', () => {
  it('ends with 0 and says how much was simulated when every promise was kept', async () => {
    const cwd = await makeWorkspace({ 'entities/lamp.ioa.toml': lamp })
    const { exitCode, stdout, stderr } = await runCli(['simulate', '--seeds', '20'], { cwd })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^✓ every promise was kept: 20 seeds, .* simulated; \d+ kinds of events met\n$/)
  })

  it('is the same every time, and prints JSON for programs', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp })
    const run = async () => (await runCli(['simulate', '--seeds', '3', '--json'], { cwd })).stdout
    const first = await run()
    expect(JSON.parse(first)).toMatchObject({ formatVersion: 1, ok: true, runs: 3, seed: 1 })
    expect(await run()).toBe(first)
  })

  it('strikes with the faults that are named, and with no other', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp })
    const reached = async (faults: string) =>
      (
        JSON.parse(
          (await runCli(['simulate', '--seeds', '30', '--faults', faults, '--json'], { cwd })).stdout,
        ) as { readonly reached: object }
      ).reached
    const struck = Object.keys(await reached('failAfter')).filter((point) => / of (commit|load)/.test(point))
    expect(struck).toContain('failAfter of commit')
    expect(struck.every((point) => point.startsWith('failAfter'))).toBe(true)
    expect(Object.keys(await reached('none')).filter((point) => / of (commit|load)/.test(point))).toEqual([])
  })

  it('shows a broken promise as a small run, keeps it, tries it first, and says how to repeat it', async () => {
    const cwd = await makeWorkspace({ 'entities/lamp.ioa.toml': lamp })
    const planted = { startHost: retryAppliedTwice.startHost }
    const options = { ...defaults, spec: ['entities/*.toml'] }
    const found = ioFor({ cwd })
    expect(await runSimulate(found.io, options, planted)).toBe(1)
    expect(found.text.stdout).toMatch(/^✗ simulation\n {2}1\. Lamp\//)
    const [, line = '', seed = ''] =
      /^repro: (perdure simulate --seed (\d+) --spec 'entities\/\*\.toml') \(.* is tried first\)$/m.exec(
        found.text.stdout,
      ) ?? []
    const [, file = ''] = /(counterexamples\/\w+\.json)/.exec(found.text.stdout) ?? []
    expect(JSON.parse(await readText(cwd, file))).toMatchObject({ types: ['Lamp'], seed: Number(seed) })

    const again = ioFor({ cwd })
    expect(await runSimulate(again.io, { ...options, json: true }, planted)).toBe(1)
    expect(JSON.parse(again.text.stdout)).toMatchObject({ ok: false, runs: 0, failure: { repro: line } })

    // The line itself, as a shell splits it: sound when the runtime is, and the same failure when it is not.
    const argv = line.replaceAll("'", '').split(' ').slice(1)
    expect((await runCli(argv, { cwd })).exitCode).toBe(0)
    const elsewhere = await makeWorkspace({ 'entities/lamp.ioa.toml': lamp })
    const repeated = ioFor({ cwd: elsewhere })
    expect(await runSimulate(repeated.io, { ...options, seed: Number(seed) }, planted)).toBe(1)
    expect(repeated.text.stdout.split('repro:')[0]).toBe(found.text.stdout.split('repro:')[0])
  })

  it('names in the line whatever is not as usual, quoted for a shell', () => {
    expect(reproLine(7, { ...defaults })).toBe('perdure simulate --seed 7')
    expect(
      reproLine(-7, { ...defaults, spec: ["it's.toml", 'b'], commands: 9, hosts: 3, faults: 'none' }),
    ).toBe(
      String.raw`perdure simulate --seed -7 --spec 'it'\''s.toml' --spec b --commands 9 --hosts 3 --faults none`,
    )
  })

  it('refuses a spec that no host starts with, by name', async () => {
    const cwd = await makeWorkspace({
      'lamp.ioa.toml': lamp.replace('effect = "switched += 1"', `effect = "schedule('Break', 5)"`),
    })
    const { exitCode, stdout, stderr } = await runCli(['simulate', '--seeds', '2'], { cwd })
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain('error spec_not_supported: ')
  })

  it('stops when it is interrupted, and ends with 2', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp })
    const interruption = new AbortController()
    setTimeout(() => interruption.abort(), 100)
    const { exitCode, stdout } = await runCli(['simulate', '--seeds', '100000'], {
      cwd,
      signal: interruption.signal,
    })
    expect(exitCode).toBe(2)
    expect(stdout).toMatch(/^! interrupted after \d+ seeds?, .*; every promise was kept so far\n$/)
  })

  it('says how far it is, in terminals only', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp })
    const { stderr } = await runCli(['simulate', '--seeds', '40'], { cwd, isTTY: true })
    expect(stderr).toMatch(/seed \d+ of 40, .* simulated/)
    expect(stderr).toMatch(/\r\u001B\[2K$/)
  })
})
