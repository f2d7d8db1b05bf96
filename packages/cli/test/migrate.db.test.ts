import { openStorage } from '@perdure/storage-pg'
import type { MigrationPlan } from '@perdure/storage-pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { runCli } from './helpers/run-cli.ts'
import { makeWorkspace } from './helpers/workspace.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})

afterAll(() => database.drop())

const cwd = import.meta.dirname

async function schemas(): Promise<readonly unknown[]> {
  return database.query(`select nspname as name from pg_namespace where nspname like 'cli%' order by 1`)
}

describe('perdure migrate', () => {
  it('says what it would do with --dry-run, and does nothing', async () => {
    const options = ['--storage', database.url, '--schema', 'cli_dry', '--dry-run']
    const { exitCode, stdout } = await runCli(['migrate', ...options], { cwd })
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(
      /^schema cli_dry: would be brought from version 0 to \d+\n {2}1 {2}first-schema \(\d+ statements\)\n/,
    )
    const json = await runCli(['migrate', ...options, '--json'], { cwd })
    const plan = JSON.parse(json.stdout) as MigrationPlan
    expect(plan).toMatchObject({ schema: 'cli_dry', from: 0, applied: false })
    expect(plan.steps[0]).toMatchObject({ version: 1, name: 'first-schema' })
    expect(plan.steps[0]?.statements[0]).toContain('create table "cli_dry"."entities"')
    expect(await schemas()).toEqual([])
  })

  it('brings a schema up to date, once', async () => {
    const run = () => runCli(['migrate', database.url, '--schema', 'cli_done'], { cwd })
    expect((await run()).stdout).toMatch(/^schema cli_done: brought from version 0 to \d+\n/)
    expect((await run()).stdout).toMatch(/^schema cli_done is up to date \(version \d+\)\n$/)
    await (await openStorage(database.url, { schema: 'cli_done', migrate: false })).close()
  })

  it('prints a script with --sql, which another may run', async () => {
    const { exitCode, stdout } = await runCli(['migrate', '--sql', '--schema', 'cli_sql'], {
      cwd,
      env: { DATABASE_URL: database.url },
    })
    expect(exitCode).toBe(0)
    expect((await runCli(['migrate', '--sql', '--from', '0', '--schema', 'cli_sql'], { cwd })).stdout).toBe(
      stdout,
    )
    await database.query(stdout)
    await (await openStorage(database.url, { schema: 'cli_sql', migrate: false })).close()
    const again = await runCli(['migrate', database.url, '--sql', '--schema', 'cli_sql'], { cwd })
    expect(again).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: expect.stringContaining('up to date') as unknown,
    })
  })

  it('refuses a schema of a later version', async () => {
    await runCli(['migrate', database.url, '--schema', 'cli_late'], { cwd })
    await database.query(`insert into cli_late.migrations values (999, 'later', now())`)
    for (const more of [[], ['--dry-run'], ['--sql']]) {
      const { exitCode, stderr } = await runCli(['migrate', database.url, '--schema', 'cli_late', ...more], {
        cwd,
      })
      expect(exitCode).toBe(2)
      expect(stderr).toContain('schema_too_new')
    }
  })

  it.each([
    [['--from', '0'], '--from goes with --sql'],
    [['--sql', '--from', '999'], 'there is no schema version 999'],
    [['--sql', '--json'], 'two forms of the same'],
    [['postgres://x', '--storage', 'postgres://y'], 'named twice'],
    [['--sql', '--from', '-1'], 'whole number'],
  ])('refuses %j', async (options, message) => {
    const { exitCode, stderr } = await runCli(['migrate', ...options], { cwd })
    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
  })

  it('makes no embedded storage where there is none', async () => {
    const workspace = await makeWorkspace({})
    const { exitCode, stderr } = await runCli(['migrate'], { cwd: workspace })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('no_storage')
  })
})
