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
    expect(stdout).toMatch(/^in blobs +58\.6 KiB /m)
  })

  it('prints JSON for other programs, with the position as text', async () => {
    const storage = await open()
    const { exitCode, stdout } = await storageCli(['stats', '--json'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      ...(await storage.stats()),
      lastPosition: '0',
      deduplicationRatio: 1,
      compressionRatio: 1,
    })
  })

  it('makes nothing where there is nothing', async () => {
    const { exitCode, stderr } = await storageCli(['stats'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error schema_missing')
  })
})

const hour = 3_600_000
/** Long after everything that the tests store. */
const now = 1_800_000_000_000
const at = (time: number): Partial<RunOptions> => ({
  clock: { now: () => time, setTimeout: () => 0, clearTimeout: () => {} },
})

/** Content whose reference has expired, some that is old, and some that lives. */
async function fill(storage: Storage): Promise<void> {
  const [expired, old, living] = ['expired', 'old', 'living'].map(blobOf)
  const claim = (hash = '', expiresAt?: number) => ({
    field: 'f',
    hash,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  })
  const unit = (id: string, blob: typeof old, expiresAt?: number) =>
    unitOf(counter(id), 0, { blobs: blob ? [blob] : [], claims: [claim(blob?.hash, expiresAt)] })
  await storage.commit([unit('c-1', expired, now), unit('c-2', old, now + hour), unit('c-3', living)])
}

describe('storage sweep', () => {
  it('says what would go, and lets it go when it is asked to', async () => {
    const storage = await open()
    await fill(storage)
    const before = await storage.stats()
    const dry = await storageCli(['sweep', '--dry-run', '--grace', '0'], at(now))
    expect({ exitCode: dry.exitCode, stderr: dry.stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(dry.stdout).toBe(
      '1 reference would expire\n1 blob would be marked, for nothing refers to them any more\n1 blob would be deleted, 9 bytes would be freed\n',
    )
    expect(await storage.stats()).toEqual(before)
    const { exitCode, stdout } = await storageCli(['sweep', '--grace', '0'], at(now))
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout:
        '1 reference expired\n1 blob marked, for nothing refers to them any more\n1 blob deleted, 9 bytes freed\n',
    })
    expect((await storage.stats()).blobs).toBe(2)
  })

  it('keeps what nothing refers to for an hour, unless it is told otherwise', async () => {
    const storage = await open()
    await fill(storage)
    const { stdout, stderr } = await storageCli(['sweep'], at(now))
    expect(stdout).toContain('0 blobs deleted')
    expect(stderr).toContain('grace period')
    expect((await storageCli(['sweep'], at(now + hour - 1))).stdout).toContain('0 blobs deleted')
    expect((await storageCli(['sweep'], at(now + hour))).stdout).toContain('1 blob deleted')
    expect((await storage.stats()).blobs).toBe(2)
  })

  it('prints JSON for other programs', async () => {
    const storage = await open()
    await fill(storage)
    const { stdout } = await storageCli(['sweep', '--dry-run', '--json'], at(now))
    expect(JSON.parse(stdout)).toEqual({
      dryRun: true,
      ...(await storage.sweep({ now, graceMs: hour, dryRun: true })),
    })
  })

  it('ends after its batch when it is interrupted, says what it did, and exits with 2', async () => {
    const storage = await open()
    await fill(storage)
    const { exitCode, stdout, stderr } = await storageCli(['sweep'], {
      ...at(now),
      signal: AbortSignal.abort(),
    })
    expect(exitCode).toBe(2)
    expect(stdout).toContain('0 references expired')
    expect(stderr).toContain('interrupted')
    expect((await storage.stats()).refs).toBe(3)
  })

  it('does nothing while another one is under way, and exits with 1', async () => {
    const storage = await open()
    await fill(storage)
    let result: RunResult | undefined
    await storage.sweep({
      now: 0,
      onProgress: async ({ phase }) => {
        if (phase === 'expire') result = await storageCli(['sweep'], at(now))
      },
    })
    expect(result).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'another sweep or prune of this storage is under way: nothing was done\n',
    })
    expect((await storage.stats()).refs).toBe(3)
  })

  it('shows a person how far it is, on one line that is gone in the end', async () => {
    await fill(await open())
    const { stderr, stdout } = await storageCli(['sweep'], { ...at(now), isTTY: true, columns: 200 })
    expect(stderr).toMatch(/expire: 1 reference let go, 0 blobs marked, 0 deleted, 0 bytes freed/)
    expect(stdout).not.toContain('expire:')
  })
})

describe('storage prune', () => {
  it('lets references go by age', async () => {
    const storage = await open()
    await fill(storage)
    const argv = ['prune', '--max-age', '1d', '--grace', '0']
    const dry = await storageCli([...argv, '--dry-run'], at(now - 1))
    expect(dry.stdout).toContain('2 references would go for their age')
    const { exitCode, stdout } = await storageCli(argv, at(now - 1))
    expect(exitCode).toBe(0)
    expect(stdout).toContain('2 references went for their age')
    expect((await storage.stats()).refs).toBe(1)
  })

  it('says when a size cannot be reached, and exits with 1', async () => {
    const storage = await open()
    await fill(storage)
    const { exitCode, stderr } = await storageCli(['prune', '--max-bytes', '1', '--grace', '0'], at(now - 1))
    expect(exitCode).toBe(1)
    expect(stderr).toContain('the size is exceeded by 7 bytes')
    expect((await storage.stats()).blobs).toBe(1)
  })

  it.each([
    ['nothing to prune by', [], 'nothing says what is to be pruned'],
    ['an age without a unit', ['--max-age', '90'], 'a span of time with its unit'],
    ['a size that is none', ['--max-bytes', 'much'], 'an amount of bytes'],
  ])('refuses %s', async (_, argv, message) => {
    const { exitCode, stderr } = await storageCli(['prune', ...argv])
    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
  })
})
