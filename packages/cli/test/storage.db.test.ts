// `perdure storage` on PostgreSQL: what is counted and let go of is what a host has stored.
import type { Storage } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { blobOf, counter, unitOf } from '../../storage-pg/test/make.ts'
import { runCli } from './helpers/run-cli.ts'
import type { RunOptions, RunResult } from './helpers/run-cli.ts'

const cwd = import.meta.dirname

let database: TestDatabase
let schema = 's0'

beforeAll(async () => {
  database = await createTestDatabase()
})

beforeEach(() => {
  schema = `s${Number(schema.slice(1)) + 1}`
})

afterAll(() => database.drop())

async function open(): Promise<Storage> {
  const storage = await openStorage(database.url, { schema })
  onTestFinished(() => storage.close())
  return storage
}

/** Runs `perdure storage` on the schema of the test. */
function storageCli(argv: readonly string[], options: Partial<RunOptions> = {}): Promise<RunResult> {
  return runCli(['storage', ...argv, '--storage', database.url, '--schema', schema], { cwd, ...options })
}

const [small, large] = [blobOf('small'), blobOf('large '.repeat(10_000))]

describe('storage stats', () => {
  it('counts what is stored', async () => {
    const storage = await open()
    const claims = [small, large].map(({ hash }, index) => ({ field: `f${index}`, hash }))
    await storage.commit([unitOf(counter('c-1'), 0, { count: 2, blobs: [small, large], claims })])
    const { exitCode, stdout, stderr } = await storageCli(['stats'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^events +2 /m)
    expect(stdout).toMatch(/^blobs +2 /m)
    expect(stdout).toMatch(/^distinct +58\.6 KiB /m)
  })

  it('prints JSON for other programs, with the position as text', async () => {
    const storage = await open()
    const { exitCode, stdout } = await storageCli(['stats', '--json'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toEqual({ ...(await storage.stats()), lastPosition: '0' })
  })

  it('makes nothing where there is nothing', async () => {
    const { exitCode, stderr } = await storageCli(['stats'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error schema_missing')
  })
})
