// `perdure import-bodies`: what it says and how it ends. What it imports is tried in storage-pg.
import { openStorage } from '@perdure/storage-pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { runCli } from './helpers/run-cli.ts'
import type { RunResult } from './helpers/run-cli.ts'

const cwd = import.meta.dirname
let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
  await openStorage(database.url).then((storage) => storage.close())
  await database.query('create table public.bodies (id int8 primary key, body text, until timestamptz)')
  await database.query(`insert into public.bodies select n, nullif('body ' || n, 'body 3'),
    case when n = 4 then now() - interval '1 day' end from generate_series(1, 12) as n`)
})

afterAll(() => database.drop())

function importBodies(...argv: readonly string[]): Promise<RunResult> {
  const options = ['--storage', database.url, '--expires-column', 'until', ...argv]
  return runCli(['import-bodies', ...options], { cwd })
}

async function countBlobs(): Promise<number> {
  const storage = await openStorage(database.url)
  const { blobs } = await storage.stats()
  await storage.close()
  return blobs
}

describe('import-bodies', () => {
  it('says what it would import, and imports nothing', async () => {
    const { exitCode, stdout } = await importBodies('--table', 'bodies', '--dry-run')
    expect(exitCode).toBe(0)
    expect(stdout).toBe('would import 10 records of 63 bytes; 1 without a body, 1 whose time is over\n')
    expect(await countBlobs()).toBe(0)
  })

  it('imports, says what, and does nothing the second time', async () => {
    const first = await importBodies('--table', 'public.bodies', '--batch', '5')
    expect(first).toMatchObject({ exitCode: 0, stderr: '' })
    expect(first.stdout).toBe('imported 10 records of 63 bytes; 1 without a body, 1 whose time is over\n')
    expect(await countBlobs()).toBe(10)
    const { exitCode, stdout } = await importBodies('--table', 'bodies', '--json')
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ imported: 0, isComplete: true })
  })

  it('ends with 2 and says what does not fit', async () => {
    const { exitCode, stdout, stderr } = await importBodies('--table', 'nowhere')
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain('there is no table public.nowhere')
  })
})
