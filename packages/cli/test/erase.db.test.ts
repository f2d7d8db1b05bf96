// `perdure erase` and `perdure import-bodies` on PostgreSQL.
import { openStorage } from '@perdure/storage-pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { counter, unitOf } from '../../storage-pg/test/make.ts'
import { runCli } from './helpers/run-cli.ts'
import type { RunResult } from './helpers/run-cli.ts'

const cwd = import.meta.dirname
const clock = { now: () => 1_800_000_000_000, setTimeout: () => 0, clearTimeout: () => {} }
let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})

afterAll(() => database.drop())

function cli(...argv: readonly string[]): Promise<RunResult> {
  return runCli([...argv, '--storage', database.url], { cwd, clock })
}

describe('erase', () => {
  it('says what it would do until it is told to, erases, and answers the same again', async () => {
    const storage = await openStorage(database.url)
    onTestFinished(() => storage.close())
    await storage.commit([unitOf(counter('c-1'), 0, { count: 3 })])
    const asked = await cli('erase', 'Counter', 'c-1')
    expect(asked).toMatchObject({ exitCode: 1, stdout: '' })
    expect(asked.stderr).toContain('Counter/c-1 (Active, version 3) would be erased for good')
    expect((await storage.stats()).events).toBe(3)
    const done = await cli('erase', 'Counter', 'c-1', '--yes', '--by', 'ops', '--json')
    expect(done.exitCode).toBe(0)
    expect(JSON.parse(done.stdout)).toMatchObject({ erasedBy: 'ops', erasedAt: clock.now(), events: 3 })
    const again = await cli('erase', 'Counter', 'c-1')
    expect(again).toMatchObject({ exitCode: 0, stderr: '' })
    expect(again.stdout).toMatch(/^Counter\/c-1 was erased at 2027-.*: 3 events, 0 snapshots/)
    expect(await cli('erase', 'Counter', 'nobody', '--yes')).toMatchObject({ exitCode: 1 })
  })
})

describe('import-bodies', () => {
  it('counts in a dry run, imports, and has nothing to do the second time', async () => {
    const storage = await openStorage(database.url)
    onTestFinished(() => storage.close())
    await database.query(`create table public.bodies (id int8 primary key, body text)`)
    await database.query(`insert into public.bodies select n, 'body ' || n from generate_series(1, 12) as n`)
    const argv = ['import-bodies', '--table', 'bodies']
    const dry = await cli(...argv, '--dry-run')
    expect(dry.stderr).toBe('')
    expect(dry.stdout).toMatch(/^would import 12 records of /)
    expect((await storage.stats()).blobs).toBe(0)
    expect((await cli(...argv)).stdout).toMatch(/^imported 12 records of /)
    expect((await storage.stats()).blobs).toBe(12)
    const again = await cli(...argv, '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({ imported: 0, isComplete: true })
    expect((await cli('import-bodies', '--table', 'nowhere')).exitCode).toBe(2)
  })
})
