// Connecting to PostgreSQL: what a caller learns when it does not work, and what a broken connection leaves behind.
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { silentLogger } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'
import { sql } from 'kysely'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { findFreePort } from '../../../test/setup/server.ts'
import { openPgPool } from '../src/connect/pg-pool.ts'
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

/** A message of the protocol from the server. */
function message(type: string, ...content: readonly (string | Buffer)[]): Buffer {
  const body = Buffer.concat(content.map((part) => Buffer.from(part)))
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length + 4)
  return Buffer.concat([Buffer.from(type), length, body])
}

describe('a connection that breaks', () => {
  it('in the moment it was made does not end the process', async () => {
    const welcome = [message('R', Buffer.alloc(4)), message('Z', 'I')]
    const farewell = message('E', 'SFATAL\0', 'C57P01\0', 'Mthe server goes down\0', '\0')
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.end(Buffer.concat([...welcome, farewell])))
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const port = String((server.address() as AddressInfo).port)
    await expect(openStorage(urlWith({ port }))).rejects.toMatchObject({ code: 'storage_unavailable' })
    server.close()
  })

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

  it('by falling silent casts doubt on those that are open beside it: they are replaced, not tried one by one', async () => {
    const proxy = await startProxy(database.url)
    const storage = await openStorage(proxy.url, { pool: { statementTimeoutMs: 300 } })
    await Promise.all(Array.from({ length: 3 }, () => storage.stats()))
    proxy.silenceAll()
    const unit = unitOf(counter('all-silent'), 0)
    await expect(storage.commit([unit])).rejects.toMatchObject({ code: 'outcome_unknown' })
    expect(kindsOf(await storage.commit([unit]))).toEqual(['committed'])
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

  it('is not needed to end a statement that takes too long: the server ends it, and nothing is done', async () => {
    const storage = await openStorage(database.url, { pool: { statementTimeoutMs: 300 } })
    const client = new Client({ connectionString: database.url })
    await client.connect()
    await client.query('begin')
    await client.query('select from perdure.log_head for update')
    const unit = unitOf(counter('waits'), 0)
    await expect(storage.commit([unit])).rejects.toMatchObject({
      code: 'storage_contention',
      details: { sqlState: '57014' },
    })
    await client.end()
    expect(await storage.load(unit.entity, { specHash: 'spec' })).toBeUndefined()
    await storage.close()
  })

  it('leaves a lower limit on statements, as of the role, in force', async () => {
    await database.query(`alter database ${database.name} set statement_timeout = '200ms'`)
    const storage = await openStorage(database.url)
    await database.query(`alter database ${database.name} reset statement_timeout`)
    const client = new Client({ connectionString: database.url })
    await client.connect()
    await client.query('begin')
    await client.query('select from perdure.log_head for update')
    await expect(storage.commit([unitOf(counter('limited'), 0)])).rejects.toMatchObject({
      details: { sqlState: '57014' },
    })
    await client.end()
    await storage.close()
  })

  it('is replaced when its session is read-only, as after a failover', async () => {
    const turn = (how: string) =>
      database.query(
        `begin read write; alter database ${database.name} set default_transaction_read_only = ${how}; commit`,
      )
    await turn('on')
    const storage = await openStorage(database.url)
    const unit = unitOf(counter('read-only'), 0)
    await expect(storage.commit([unit])).rejects.toMatchObject({
      code: 'storage_unavailable',
      details: { sqlState: '25006' },
    })
    await turn('off')
    expect(kindsOf(await storage.commit([unit]))).toEqual(['committed'])
    await storage.close()
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

describe('a connection whose other side is gone without a word', () => {
  it('is asked for a sign of life by the server, in every session', async () => {
    const engine = openPgPool(database.url, {}, silentLogger)
    const { rows } = await sql`select current_setting('tcp_keepalives_idle') as idle,
      current_setting('tcp_keepalives_interval') as interval, current_setting('tcp_keepalives_count') as count,
      current_setting('tcp_user_timeout') as timeout`.execute(engine.database)
    expect(rows).toEqual([{ idle: '30', interval: '10', count: '3', timeout: '60000' }])
    await engine.close()
  })

  it('keeps no sweep from others: its lock is free once it has said nothing for as long as a transaction may', async () => {
    const schema = 'half_open_lock'
    const proxy = await startProxy(database.url)
    const pool = { statementTimeoutMs: 500, transactionIdleTimeoutMs: 600 }
    const [gone, other] = [
      await openStorage(proxy.url, { schema, pool }),
      await openStorage(database.url, { schema }),
    ]
    let during: string | undefined
    const sweeping = gone.sweep({
      now: 1,
      onProgress: async ({ phase }) => {
        if (phase !== 'expire') return
        proxy.silenceAll()
        during = (await other.sweep({ now: 1 })).outcome
      },
    })
    await expect(sweeping).rejects.toMatchObject({ code: 'storage_unavailable' })
    expect(during).toBe('skipped')
    await expect.poll(async () => (await other.sweep({ now: 1 })).outcome).toBe('done')
    await Promise.all([gone.close(), other.close()])
    await proxy.close()
  })

  it('holds its lock for as long as it takes while it is there', async () => {
    const schema = 'long_lock'
    const long = await openStorage(database.url, { schema, pool: { transactionIdleTimeoutMs: 1_000 } })
    const other = await openStorage(database.url, { schema })
    let during: string | undefined
    await long.sweep({
      now: 1,
      onProgress: async ({ phase }) => {
        if (phase !== 'expire') return
        // The server's clock decides, so the server does the waiting: twice what it puts up with.
        await database.query('select pg_sleep(2)')
        during = (await other.sweep({ now: 1 })).outcome
      },
    })
    expect(during).toBe('skipped')
    await Promise.all([long.close(), other.close()])
  })
})
