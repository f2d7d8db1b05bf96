// `perdure storage check` on PostgreSQL: what SQL has damaged is said, and how it ended is in the exit code.
import type { Storage } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { blobOf, counter, unitOf } from '../../storage-pg/test/make.ts'
import { runCli } from './helpers/run-cli.ts'
import type { RunOptions, RunResult } from './helpers/run-cli.ts'

const cwd = import.meta.dirname
const blob = blobOf('content')

let database: TestDatabase
let schema = 's0'

beforeAll(async () => {
  database = await createTestDatabase()
})

beforeEach(() => {
  schema = `s${Number(schema.slice(1)) + 1}`
})

afterAll(() => database.drop())

async function openFilled(): Promise<Storage> {
  const storage = await openStorage(database.url, { schema })
  onTestFinished(() => storage.close())
  const claims = [{ field: 'f', hash: blob.hash }]
  await storage.commit([unitOf(counter('c-1'), 0, { count: 3, blobs: [blob], claims })])
  return storage
}

function check(argv: readonly string[] = [], options: Partial<RunOptions> = {}): Promise<RunResult> {
  return runCli(['storage', 'check', ...argv, '--storage', database.url, '--schema', schema], {
    cwd,
    ...options,
  })
}

describe('storage check', () => {
  it('ends with 0 when nothing is wrong, and says what it looked at', async () => {
    await openFilled()
    const { exitCode, stdout, stderr } = await check()
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^events +3$/m)
    expect(stdout).toContain('Nothing is wrong.')
  })

  it('ends with 1 when something is, and says what, where and what to do', async () => {
    await openFilled()
    await database.query(`delete from ${schema}.events where sequence = 2`)
    const { exitCode, stdout } = await check()
    expect(exitCode).toBe(1)
    expect(stdout).toContain('finding missing_events: Counter/c-1: missing: event 2\n  = restore the entity')
    expect(stdout).toContain('2 findings.')
  })

  it('prints JSON for other programs', async () => {
    await openFilled()
    await database.query(`update ${schema}.blobs set body = set_byte(body, 1, 120)`)
    const { exitCode, stdout } = await check(['--json'])
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      positions: '3',
      blobsRead: 1,
      isComplete: true,
      findingCount: 1,
      findings: [{ kind: 'corrupt_blob', tenant: 'default', hash: blob.hash, reason: 'hash' }],
    })
  })

  it('shows as many findings as it is told to, and counts the others', async () => {
    await openFilled()
    await database.query(`update ${schema}.events set action = 'Other'`)
    const { stdout } = await check(['--limit', '2'])
    expect(stdout.match(/^finding /gm)).toHaveLength(2)
    expect(stdout).toContain('… and 1 more finding')
  })

  it('reads a share of the blobs when it is told to', async () => {
    await openFilled()
    const place = Number.parseInt(blob.hash.slice(0, 8), 16) / 2 ** 32
    const elsewhere = String((place + 0.5) % 1)
    expect((await check(['--sample', '10%', '--sample-from', elsewhere])).stdout).toContain(
      'of which 0 were read',
    )
    expect((await check(['--sample', '2'])).exitCode).toBe(2)
  })

  it('tells people how far it has come, and leaves no trace of it', async () => {
    await openFilled()
    const { stderr } = await check([], { isTTY: true })
    expect(stderr).toContain('\revents: 3 checked, 0 findings')
    expect(stderr).toMatch(/\r *\r$/)
  })

  it('ends with 2 when it is interrupted before it has seen everything, or cannot look at all', async () => {
    await openFilled()
    const { exitCode, stderr } = await check([], { signal: AbortSignal.abort() })
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: 'interrupted: the rest was not looked at\n' })
    schema = 'nowhere'
    expect(await check()).toMatchObject({ exitCode: 2 })
    schema = 's100'
  })
})
