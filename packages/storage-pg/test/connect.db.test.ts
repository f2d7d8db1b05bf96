// Connecting to PostgreSQL: what a caller learns when it does not work, and what a broken connection leaves behind.
import { openStorage } from '@perdure/storage-pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { findFreePort } from '../../../test/setup/server.ts'
import { counter, gate, kindsOf, unitOf } from './make.ts'
import { startProxy } from './proxy.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})

afterAll(() => database.drop())

function urlWith(part: Partial<Pick<URL, 'password' | 'pathname' | 'port' | 'hostname'>>): string {
  return Object.assign(new URL(database.url), part).href
}

describe('a server that cannot be used', () => {
  it('is unavailable when nobody listens, and the message says where', async () => {
    const port = String(await findFreePort())
    await expect(openStorage(urlWith({ port }))).rejects.toMatchObject({
      code: 'storage_unavailable',
      retryable: true,
      message: expect.stringContaining(`127.0.0.1:${port}`),
    })
  })

  it('is unavailable when its name is not known', async () => {
    await expect(openStorage(urlWith({ hostname: 'nowhere.invalid' }))).rejects.toMatchObject({
      code: 'storage_unavailable',
      message: expect.stringContaining('nowhere.invalid'),
    })
  })

  it('is forbidden with a wrong password, which stays out of the message', async () => {
    await expect(openStorage(urlWith({ password: 'hunter2' }))).rejects.toMatchObject({
      code: 'storage_forbidden',
      message: expect.not.stringContaining('hunter2'),
    })
  })

  it('is misconfigured when the database does not exist', async () => {
    await expect(openStorage(urlWith({ pathname: '/missing' }))).rejects.toMatchObject({
      code: 'storage_misconfigured',
      message: expect.stringContaining('missing'),
    })
  })

  it('is misconfigured when the database does not store UTF-8', async () => {
    const name = `${database.name}_ascii`
    await database.query(`create database ${name} encoding 'SQL_ASCII' locale 'C' template template0`)
    await expect(openStorage(urlWith({ pathname: `/${name}` }))).rejects.toMatchObject({
      code: 'storage_misconfigured',
      message: expect.stringContaining('SQL_ASCII'),
    })
    await database.query(`drop database ${name} with (force)`)
  })

  it('is unavailable when every connection is taken for longer than the time limit', async () => {
    const [reached, held] = [gate(), gate()]
    const storage = await openStorage(database.url, {
      pool: { max: 1, connectTimeoutMs: 200 },
      probe: async (point) => {
        if (point !== 'storage.commit.written') return
        reached.open()
        await held.opened
      },
    })
    const snapshot = { sequence: 1, specHash: 'spec', bytes: Buffer.from('s') }
    const committing = storage.commit([unitOf(counter('holds-the-connection'), 0, { snapshot })])
    await reached.opened
    await expect(storage.stats()).rejects.toMatchObject({ code: 'storage_unavailable' })
    held.open()
    expect(kindsOf(await committing)).toEqual(['committed'])
    await storage.close()
  })
})

describe('a connection that breaks', () => {
  it('by falling silent is given up, and the outcome of a commit is unknown', async () => {
    const proxy = await startProxy(database.url)
    const storage = await openStorage(proxy.url, { pool: { statementTimeoutMs: 300 } })
    const unit = unitOf(counter('silent'), 0)
    proxy.cutAt('perdure_append', 'silence')
    await expect(storage.commit([unit])).rejects.toMatchObject({ code: 'outcome_unknown' })
    expect(kindsOf(await storage.commit([unit]))).toEqual(['committed'])
    proxy.cutAt('commit', 'silence')
    const snapshot = { sequence: 2, specHash: 'spec', bytes: Buffer.from('s') }
    await expect(storage.commit([unitOf(counter('silent'), 1, { snapshot })])).rejects.toMatchObject({
      code: 'outcome_unknown',
    })
    await storage.close()
    await proxy.close()
  })

  it('does not hold up other hosts when its own stalls in the middle of a commit', async () => {
    const [reached, held] = [gate(), gate()]
    const stalled = await openStorage(database.url, {
      pool: { transactionIdleTimeoutMs: 300 },
      probe: async (point) => {
        if (point !== 'storage.commit.written') return
        reached.open()
        await held.opened
      },
    })
    const snapshot = { sequence: 1, specHash: 'spec', bytes: Buffer.from('s') }
    const stalling = stalled.commit([unitOf(counter('stalled'), 0, { snapshot })])
    await reached.opened
    const other = await openStorage(database.url)
    expect(kindsOf(await other.commit([unitOf(counter('other'), 0)]))).toEqual(['committed'])
    held.open()
    await expect(stalling).rejects.toMatchObject({ retryable: true })
    expect(await other.load(counter('stalled'), { specHash: 'spec' })).toBeUndefined()
    await stalled.close()
    await other.close()
  })

  it('while it idles is replaced, and does not end the process', async () => {
    const warnings: string[] = []
    const ignore = (): void => {}
    const logger = {
      debug: ignore,
      info: ignore,
      error: ignore,
      warn: (_: object, text: string) => warnings.push(text),
    }
    const storage = await openStorage(database.url, { logger })
    await storage.stats()
    await database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    )
    await expect.poll(() => warnings.length).toBeGreaterThan(0)
    expect(kindsOf(await storage.commit([unitOf(counter('after-idle'), 0)]))).toEqual(['committed'])
    await storage.close()
  })
})
