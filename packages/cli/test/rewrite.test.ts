import { parseSpec } from '@perdure/spec-parser'
import { describe, expect, it } from 'vitest'
import { runCli } from './helpers/run-cli.ts'
import { lamp, legacy } from './helpers/specs.ts'
import { makeWorkspace, readText } from './helpers/workspace.ts'

const untidy = lamp
  .replace('initial = "Off"', 'initial="Off"  ')
  .replace('\n\n[[state]]', '\n\n\n\n[[state]]')

describe('a file that is no TOML', () => {
  it.each(['format', 'migrate-spec'])(
    'is named by %s with its mistake; the others are rewritten',
    async (name) => {
      const damaged = `${legacy}[[action]\n`
      const cwd = await makeWorkspace({
        'a.ioa.toml': damaged,
        'b.ioa.toml': Uint8Array.of(0xff),
        'c.ioa.toml': `${legacy}\n\n`,
      })
      const { exitCode, stdout, stderr } = await runCli([name, '--write'], { cwd })
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'c.ioa.toml\n' })
      expect(stderr).toContain('error toml_syntax')
      expect(stderr).toContain('--> a.ioa.toml:22:')
      expect(stderr).toContain('--> b.ioa.toml:1:1')
      expect(stderr).toContain('changed 1 of 1 spec\n')
      expect(await readText(cwd, 'a.ioa.toml')).toBe(damaged)
    },
  )
})

describe('format', () => {
  it('shows what would change as a diff, and changes nothing', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': untidy })
    const { exitCode, stdout, stderr } = await runCli(['format'], { cwd })
    expect(exitCode).toBe(0)
    expect(stdout).toContain('--- lamp.ioa.toml\n+++ lamp.ioa.toml\n@@ -1,')
    expect(stdout).toContain('\n-initial="Off"  \n')
    expect(stdout).toContain('\n+initial = "Off"\n')
    expect(stderr).toBe('1 of 1 spec would change; --write does it\n')
    expect(await readText(cwd, 'lamp.ioa.toml')).toBe(untidy)
  })

  it('changes the files when told to write, and finds nothing to do the second time', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': untidy })
    const first = await runCli(['format', '--write'], { cwd })
    expect(first).toMatchObject({ exitCode: 0, stdout: 'lamp.ioa.toml\n' })
    expect(await readText(cwd, 'lamp.ioa.toml')).toBe(lamp)
    const second = await runCli(['format', '--write'], { cwd })
    expect(second).toEqual({ exitCode: 0, stdout: '', stderr: 'nothing to change in 1 spec\n' })
  })

  it('names what is out of form and ends with 1 when told to check', async () => {
    const cwd = await makeWorkspace({ 'a.ioa.toml': untidy, 'b.ioa.toml': lamp })
    expect(await runCli(['format', '--check'], { cwd })).toMatchObject({
      exitCode: 1,
      stdout: 'a.ioa.toml\n',
    })
    expect(await readText(cwd, 'a.ioa.toml')).toBe(untidy)
    expect((await runCli(['format', '--check', 'b.ioa.toml'], { cwd })).exitCode).toBe(0)
  })

  it('colours the diff in a terminal only', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': untidy })
    expect((await runCli(['format'], { cwd, isTTY: true })).stdout).toContain('\u001B[32m+initial = "Off"')
    expect((await runCli(['format'], { cwd })).stdout).not.toContain('\u001B')
  })
})

describe('migrate-spec', () => {
  it('shows the older forms in the language of today, and changes nothing', async () => {
    const cwd = await makeWorkspace({ 'old.ioa.toml': legacy })
    const { exitCode, stdout } = await runCli(['migrate-spec'], { cwd })
    expect(exitCode).toBe(0)
    expect(stdout).toContain('\n-effect = "increment count"\n+effect = "count += 1"\n')
    expect(await readText(cwd, 'old.ioa.toml')).toBe(legacy)
  })

  it('writes a file that means the same, without older forms and with its comments', async () => {
    const cwd = await makeWorkspace({ 'old.ioa.toml': legacy })
    expect((await runCli(['migrate-spec', '--write'], { cwd })).exitCode).toBe(0)
    const text = await readText(cwd, 'old.ioa.toml')
    const { spec, issues } = parseSpec(text)
    expect(issues.filter(({ code }) => code === 'legacy_form')).toEqual([])
    expect(spec?.actions).toEqual(parseSpec(legacy).spec?.actions)
    expect(text).toContain('# a counter of the older dialect')
    expect(text).toContain('# one more')
  })

  it('ends with 1, and shows why, when a migrated file still has errors', async () => {
    const cwd = await makeWorkspace({ 'old.ioa.toml': legacy.replace('from = ["Open"]', 'from = ["Opne"]') })
    const { exitCode, stderr } = await runCli(['migrate-spec'], { cwd })
    expect(exitCode).toBe(1)
    expect(stderr).toContain('error unknown_state')
  })

  it('leaves a file of today alone', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp })
    expect(await runCli(['migrate-spec', '--write'], { cwd })).toMatchObject({ exitCode: 0, stdout: '' })
    expect(await readText(cwd, 'lamp.ioa.toml')).toBe(lamp)
  })
})
