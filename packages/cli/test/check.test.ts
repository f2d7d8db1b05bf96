import { utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli } from './helpers/run-cli.ts'
import { broken, lamp, legacy, withInfo, withWarning } from './helpers/specs.ts'
import { makeWorkspace } from './helpers/workspace.ts'

describe('check', () => {
  it('ends with 0 and one line when the specs are sound', async () => {
    const cwd = await makeWorkspace({ 'entities/lamp.ioa.toml': lamp })
    expect(await runCli(['check'], { cwd })).toEqual({
      exitCode: 0,
      stdout: '✓ no problems in 1 spec\n',
      stderr: '',
    })
  })

  it('ends with 1 on an error, and shows the line it is in with the place marked', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': broken })
    const { exitCode, stdout, stderr } = await runCli(['check'], { cwd })
    expect(exitCode).toBe(1)
    expect(stderr).toBe('')
    expect(stdout).toContain('error unknown_state')
    expect(stdout).toContain('--> lamp.ioa.toml:4:11')
    expect(stdout).toContain('4 | initial = "Of"')
    expect(stdout).toContain("did you mean 'Off'?")
    expect(stdout).toMatch(/✗ 1 error in 1 spec\n$/)
  })

  it('shows warnings and ends with 0, but with 1 when strict', async () => {
    const cwd = await makeWorkspace({ 'torch.ioa.toml': withWarning })
    const lenient = await runCli(['check'], { cwd })
    expect(lenient.exitCode).toBe(0)
    expect(lenient.stdout).toContain('warning unreachable_state')
    expect(lenient.stdout).toMatch(/! 1 warning in 1 spec\n$/)
    expect((await runCli(['check', '--strict'], { cwd })).exitCode).toBe(1)
  })

  it('counts infos without showing them, and never fails for them', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': withInfo })
    const { exitCode, stdout } = await runCli(['check', '--strict'], { cwd })
    expect(exitCode).toBe(0)
    expect(stdout).toBe('✓ no problems in 1 spec; perdure lint has 1 more remark\n')
  })

  it('looks in entities/ and in the directory itself when nothing is said, and nowhere else', async () => {
    const cwd = await makeWorkspace({
      'entities/deep/lamp.ioa.toml': lamp,
      'torch.ioa.toml': lamp.replace('Lamp', 'Torch'),
      'elsewhere/broken.ioa.toml': broken,
      'entities/node_modules/x/broken.ioa.toml': broken,
    })
    expect((await runCli(['check'], { cwd })).stdout).toBe('✓ no problems in 2 specs\n')
  })

  it('takes files, folders and globs, and each file once', async () => {
    const cwd = await makeWorkspace({
      'a/lamp.ioa.toml': lamp,
      'b/[odd].ioa.toml': lamp.replace('Lamp', 'Odd'),
    })
    const summary = async (...globs: string[]) => (await runCli(['check', ...globs], { cwd })).stdout
    expect(await summary('a')).toContain('in 1 spec')
    expect(await summary('*/*.ioa.toml', 'a/lamp.ioa.toml', './a/lamp.ioa.toml')).toContain('in 2 specs')
    expect(await summary('b/[odd].ioa.toml')).toContain('in 1 spec')
  })

  it('ends with 2 when a name matches nothing, and says so on stderr only', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp })
    const { exitCode, stdout, stderr } = await runCli(['check', 'lamp.ioa.toml', 'nope.ioa.toml'], { cwd })
    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain('error spec_not_found: no spec matches nope.ioa.toml')
  })

  it('suggests the file that is nearest to a name, and says that a folder holds no spec', async () => {
    const cwd = await makeWorkspace({ 'entities/lamp.ioa.toml': lamp, 'docs/readme.md': '' })
    const typo = await runCli(['check', 'entities/lmap.ioa.toml'], { cwd })
    expect(typo).toMatchObject({ exitCode: 2, stdout: '' })
    expect(typo.stderr).toContain("  = did you mean 'entities/lamp.ioa.toml'?\n")
    const folder = await runCli(['check', 'docs'], { cwd })
    expect(folder.stderr).toContain('error spec_not_found: there is no *.ioa.toml below docs\n')
  })

  it('ends with 2 in a directory without specs', async () => {
    const cwd = await makeWorkspace({})
    const { exitCode, stderr } = await runCli(['check'], { cwd })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('perdure init')
  })

  it('points at the first byte that is not UTF-8, and goes on with the other files', async () => {
    const fault = Buffer.concat([Buffer.from('# é\n# '), Uint8Array.of(0xff)])
    const cwd = await makeWorkspace({ 'a.ioa.toml': fault, 'b.ioa.toml': broken })
    const { exitCode, stdout, stderr } = await runCli(['check'], { cwd })
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' })
    expect(stdout).toContain('error toml_syntax: invalid TOML: what follows is not UTF-8')
    expect(stdout).toContain('--> a.ioa.toml:2:3\n1 | # é\n2 | # \uFFFD\n  |   ^')
    expect(stdout).toContain('error unknown_state')
  })

  it('checks specs against each other: types that two files declare, and types that none does', async () => {
    const spawning = lamp
      .replace('Lamp', 'Room')
      .replace('effect = "switched += 1"', `effect = "spawn('Lmp', 'Switch')"`)
    const twice = await makeWorkspace({ 'a.ioa.toml': lamp, 'b.ioa.toml': lamp })
    const { stdout: duplicate } = await runCli(['check'], { cwd: twice })
    expect(duplicate).toContain("error duplicate_name: a.ioa.toml declares the entity type 'Lamp' too")
    expect(duplicate).toContain('--> b.ioa.toml:2:8\n')
    const missing = await makeWorkspace({ 'lamp.ioa.toml': lamp, 'room.ioa.toml': spawning })
    const { exitCode, stdout } = await runCli(['check'], { cwd: missing })
    expect(exitCode).toBe(1)
    expect(stdout).toContain('error spawn_target_missing')
    expect(stdout).toContain('--> room.ioa.toml:')
  })

  it('reports sections that are not executed as errors, and as warnings when asked', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': `${lamp}\n[admission]\nlimit = 3\n` })
    expect((await runCli(['check'], { cwd })).exitCode).toBe(1)
    const allowed = await runCli(['check', '--allow-unsupported'], { cwd })
    expect(allowed.exitCode).toBe(0)
    expect(allowed.stdout).toContain('warning unsupported_section')
  })
})

describe('check --json', () => {
  it('has a stable shape: verdict, counts, files with their types, issues with their places', async () => {
    const cwd = await makeWorkspace({ 'a.ioa.toml': broken, 'b.ioa.toml': withInfo.replace('Lamp', 'Torch') })
    const { exitCode, stdout } = await runCli(['check', '--json'], { cwd })
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toEqual({
      formatVersion: 1,
      ok: false,
      errors: 1,
      warnings: 0,
      infos: 1,
      files: [
        { file: 'a.ioa.toml', entityType: null },
        { file: 'b.ioa.toml', entityType: 'Torch' },
      ],
      issues: [
        {
          code: 'unknown_state',
          severity: 'error',
          message: "there is no state 'Of'",
          file: 'a.ioa.toml',
          line: 4,
          column: 11,
          endLine: 4,
          endColumn: 15,
          hint: "did you mean 'Off'?",
        },
      ],
    })
  })

  it('agrees with the exit code about warnings', async () => {
    const cwd = await makeWorkspace({ 'torch.ioa.toml': withWarning })
    const verdict = async (...options: string[]) =>
      JSON.parse((await runCli(['check', '--json', ...options], { cwd })).stdout) as { readonly ok: boolean }
    expect((await verdict()).ok).toBe(true)
    expect((await verdict('--strict')).ok).toBe(false)
  })

  it('is never coloured', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': broken })
    const { stdout } = await runCli(['check', '--json'], { cwd, isTTY: true, env: { FORCE_COLOR: '1' } })
    expect(stdout).not.toContain('\u001B')
  })
})

describe('colour', () => {
  it.each([
    ['in a terminal', { isTTY: true, env: {} }, true],
    ['not in a pipe', { isTTY: false, env: {} }, false],
    ['not with NO_COLOR', { isTTY: true, env: { NO_COLOR: '1' } }, false],
    ['with an empty NO_COLOR, which says nothing', { isTTY: true, env: { NO_COLOR: '' } }, true],
    ['not in a dumb terminal', { isTTY: true, env: { TERM: 'dumb' } }, false],
    ['in a pipe with FORCE_COLOR', { isTTY: false, env: { FORCE_COLOR: '1' } }, true],
    ['not with FORCE_COLOR=0', { isTTY: true, env: { FORCE_COLOR: '0' } }, false],
  ])('is used %s', async (_, options, isColored) => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': broken })
    const check = await runCli(['check'], { cwd, ...options })
    expect(check.stdout.includes('\u001B[31m')).toBe(isColored)
    const failure = await runCli(['check', 'nope'], { cwd, ...options })
    expect(failure.stderr.includes('\u001B[31m')).toBe(isColored)
    const help = await runCli(['--help'], { cwd, ...options })
    expect(help.stdout.includes('\u001B[')).toBe(isColored)
  })
})

describe('lint', () => {
  it('shows infos too', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': withInfo })
    const { exitCode, stdout } = await runCli(['lint'], { cwd })
    expect(exitCode).toBe(0)
    expect(stdout).toContain('info action_without_to')
    expect(stdout).toMatch(/✓ 1 info in 1 spec\n$/)
  })

  it('ends as check does: with 1 on errors, and on warnings when strict', async () => {
    const cwd = await makeWorkspace({ 'old.ioa.toml': legacy, 'broken/lamp.ioa.toml': broken })
    expect((await runCli(['lint', 'old.ioa.toml'], { cwd })).exitCode).toBe(0)
    expect((await runCli(['lint', 'old.ioa.toml', '--strict'], { cwd })).exitCode).toBe(1)
    expect((await runCli(['lint', 'broken'], { cwd })).exitCode).toBe(1)
  })

  it('puts infos among the issues of its JSON', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': withInfo })
    const { issues } = JSON.parse((await runCli(['lint', '--json'], { cwd })).stdout) as {
      readonly issues: readonly { readonly code: string }[]
    }
    expect(issues.map(({ code }) => code)).toEqual(['action_without_to'])
  })
})

describe('check --watch', () => {
  it('checks again at every change and every new file, and ends well on Ctrl-C', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp })
    const file = path.join(cwd, 'lamp.ioa.toml')
    const interruption = new AbortController()
    const steps = [
      { until: 'no problems', act: () => change(file, broken, 1) },
      {
        until: '1 error',
        act: () => change(path.join(cwd, 'new.ioa.toml'), lamp.replace('Lamp', 'New'), 2),
      },
      { until: '1 error in 2 specs', act: () => change(file, lamp, 3) },
      { until: 'no problems in 2 specs', act: async () => interruption.abort() },
    ]
    let seen = 0
    const { exitCode, stdout } = await runCli(['check', '--watch'], {
      cwd,
      signal: interruption.signal,
      onOutput: (text) => {
        const step = steps[0]
        if (step === undefined || !text.slice(seen).includes(step.until)) return
        seen = text.length
        steps.shift()
        void step.act()
      },
    })
    expect(steps).toEqual([])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('watching; Ctrl-C ends')
    expect(stdout, 'no screen is cleared in a pipe').not.toContain('\u001B[2J')
  }, 20_000)

  it('goes on when there is nothing to check yet', async () => {
    const cwd = await makeWorkspace({})
    const interruption = new AbortController()
    const { exitCode, stderr } = await runCli(['check', '--watch'], {
      cwd,
      isTTY: true,
      signal: interruption.signal,
      onOutput: (text) => {
        if (text.includes('watching')) interruption.abort()
      },
    })
    expect(exitCode).toBe(0)
    expect(stderr).toContain('spec_not_found')
  })
})

/** Changes a file so that its time differs, however coarse the file system's clock is. */
async function change(file: string, text: string, step: number): Promise<void> {
  await writeFile(file, text)
  await utimes(file, step, step)
}
