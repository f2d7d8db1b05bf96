import { fileURLToPath } from 'node:url'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openStorage } from '@perdure/storage-pg'
import { crashHarness } from '@perdure/testkit'
import type { CrashHarnessOptions } from '@perdure/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from '../../../../test/setup/database.ts'
import { sessionSpec } from '../arbitraries/specs.ts'

const execArgv = ['--import', 'tsx', '--conditions', '@perdure/source']

/** A database that goes away with the test, and a wait for those who work in it. */
async function database() {
  const created = await createTestDatabase()
  onTestFinished(() => created.drop())
  const whenOver = async (): Promise<void> => {
    const others = `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`
    while ((await created.query(others)).length > 0) await sleep(20)
  }
  return { storage: { url: created.url, open: (at: string) => openStorage(at) }, whenOver }
}

/** Runs one of the workers beside this file. */
const crash = (
  worker: 'sound' | 'early' | 'repeating' | 'ending',
  options: Omit<CrashHarnessOptions, 'entry' | 'specs' | 'execArgv'>,
) => {
  const entry = fileURLToPath(new URL(`${worker}-worker.ts`, import.meta.url))
  return crashHarness({ entry, specs: [sessionSpec], execArgv, ...options })
}

describe('killing a host', () => {
  it('on PostgreSQL loses nothing that was acknowledged and repeats nothing', async () => {
    const report = await crash('sound', { ...(await database()), kills: 6, maxLines: 600, seed: 1 })
    expect(report).toMatchObject({ kills: 6 })
    expect(report.acknowledged).toBeGreaterThan(20)
    expect(report.refused).toBeGreaterThan(0)
    expect(report.tried).toBeGreaterThan(report.acknowledged + report.refused)
  })

  it('on PGlite neither, for the process dies and its files do not', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'crash-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const storage = { url: `pglite://${folder}/data`, open: (at: string) => openStorage(at) }
    const report = await crash('sound', { storage, kills: 3, maxLines: 300, seed: 2 })
    expect(report.acknowledged).toBeGreaterThan(5)
  })
})

describe('the harness finds', () => {
  it('a host that acknowledges before it has committed', async () => {
    const broken = 'early'
    const options = { ...(await database()), kills: 8, maxLines: 300, seed: 1 }
    await expect(crash(broken, options)).rejects.toThrow(
      /was acknowledged as event \d+, and is(?: not stored| stored as)[^]*repro: PERDURE_SEED=1/,
    )
  })

  it('a worker that repeats a command under no key', async () => {
    const broken = 'repeating'
    const options = { ...(await database()), kills: 8, maxLines: 300, seed: 1 }
    await expect(crash(broken, options)).rejects.toThrow(/happened (?:twice|as event)/)
  })

  it('a worker that ends by itself, and says what it complained of', async () => {
    const broken = 'ending'
    const options = { ...(await database()), kills: 1 }
    await expect(crash(broken, options)).rejects.toThrow(/ended by itself: [^]*out of paper/)
  })
})
