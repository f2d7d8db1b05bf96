// Bringing a schema up to date, on a real server: fresh, again, together, and never backwards.
import { openStorage } from '@perdure/storage-pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { migrations, schemaVersion } from '../src/schema/migration-list.ts'
import type { Child } from './child.ts'
import { startChild } from './child.ts'
import { counter, kindsOf, unitOf } from './make.ts'

let database: TestDatabase

beforeEach(async () => {
  database = await createTestDatabase()
})

afterEach(() => database.drop())

async function versions(schema = 'perdure'): Promise<readonly unknown[]> {
  return database.query(`select version, name from ${schema}.migrations order by version`)
}

const upToDate = migrations.map(({ version, name }) => ({ version, name }))

describe('schema', () => {
  it('is created in an empty database', async () => {
    await (await openStorage(database.url)).close()
    expect(await versions()).toEqual(upToDate)
    const tables = await database.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'perdure' order by 1`,
    )
    expect(tables.map(({ name }) => name)).toEqual([
      'blob_refs',
      'blobs',
      'body_imports',
      'consumers',
      'entities',
      'erased_positions',
      'erasures',
      'events',
      'hosts',
      'imported_bodies',
      'log_head',
      'migrations',
      'router_requests',
      'router_seats',
      'snapshots',
    ])
  })

  it('is left as it is when it is up to date', async () => {
    await (await openStorage(database.url)).close()
    const storage = await openStorage(database.url)
    await storage.commit([unitOf(counter('c-1'), 0)])
    await storage.close()
    const again = await openStorage(database.url)
    expect((await again.stats()).events).toBe(1)
    await again.close()
    expect(await versions()).toEqual(upToDate)
  })

  it('is created once by openers that come together', async () => {
    const storages = await Promise.all(Array.from({ length: 8 }, () => openStorage(database.url)))
    const results = await Promise.all(
      storages.map((storage, index) => storage.commit([unitOf(counter(`c-${index}`), 0)])),
    )
    expect(kindsOf(results.flat())).toEqual(storages.map(() => 'committed'))
    await Promise.all(storages.map((storage) => storage.close()))
    expect(await versions()).toEqual(upToDate)
  })

  it('is created once by processes that come together', async () => {
    const children: Child[] = [1, 2, 3].map(() => startChild('open-and-wait.ts', database.url))
    try {
      const reports = await Promise.all(children.map((child) => child.report(() => true)))
      expect(reports.map(({ kind }) => kind)).toEqual(['opened', 'opened', 'opened'])
    } finally {
      await Promise.all(children.map((child) => child.kill()))
    }
    expect(await versions()).toEqual(upToDate)
  })

  it('is created although an earlier opener died between its steps', async () => {
    await database.query('create schema perdure')
    await (await openStorage(database.url)).close()
    expect(await versions()).toEqual(upToDate)
  })

  it('leaves nothing behind when a step fails', async () => {
    await database.query('create schema perdure')
    // In the way of the second-last table.
    await database.query('create table perdure.blobs (mine int)')
    await expect(openStorage(database.url)).rejects.toMatchObject({ code: 'storage_failed' })
    expect(await database.query(`select to_regclass('perdure.entities') as found`)).toEqual([{ found: null }])
    await database.query('drop table perdure.blobs')
    await (await openStorage(database.url)).close()
    expect(await versions()).toEqual(upToDate)
  })

  it('is refused when a newer version of the package has been there', async () => {
    await (await openStorage(database.url)).close()
    await database.query(`insert into perdure.migrations values (99, 'from-the-future', now())`)
    await expect(openStorage(database.url)).rejects.toMatchObject({
      code: 'schema_too_new',
      details: { schema: 'perdure', found: 99, known: schemaVersion },
    })
  })

  it('is one of several in a database', async () => {
    const [one, other] = await Promise.all(
      ['one', 'other'].map((schema) => openStorage(database.url, { schema })),
    )
    await one?.commit([unitOf(counter('c-1'), 0)])
    expect((await one?.stats())?.lastPosition).toBe(1n)
    expect((await other?.stats())?.lastPosition).toBe(0n)
    await one?.close()
    await other?.close()
  })

  it.each(['', 'Upper', 'with"quote', 'x; drop schema public', 'pg_own', 'x'.repeat(64), '1st'])(
    'refuses the name "%s" before it connects',
    async (schema) => {
      await expect(openStorage('postgres://nobody@127.0.0.1:1/none', { schema })).rejects.toMatchObject({
        code: 'storage_misconfigured',
      })
    },
  )

  it('needs no privilege to create anything when it is up to date', async () => {
    await (await openStorage(database.url)).close()
    await database.query(`create role ${database.name} login password 'secret'`)
    try {
      await database.query(`grant usage on schema perdure to ${database.name}`)
      await database.query(
        `grant select, insert, update, delete on all tables in schema perdure to ${database.name}`,
      )
      const url = new URL(database.url)
      url.username = database.name
      url.password = 'secret'
      const storage = await openStorage(url.href)
      expect(kindsOf(await storage.commit([unitOf(counter('c-1'), 0)]))).toEqual(['committed'])
      await storage.close()
      await expect(openStorage(url.href, { schema: 'another' })).rejects.toMatchObject({
        code: 'storage_forbidden',
      })
    } finally {
      await database.query(`drop owned by ${database.name}`)
      await database.query(`drop role ${database.name}`)
    }
  })
})

describe('opening without migrating', () => {
  const look = { migrate: false }

  it('refuses an empty database and makes nothing there', async () => {
    await expect(openStorage(database.url, look)).rejects.toMatchObject({
      code: 'schema_missing',
      details: { schema: 'perdure' },
    })
    expect(await database.query(`select from pg_namespace where nspname = 'perdure'`)).toEqual([])
  })

  it('refuses a schema that holds nothing of Perdure and leaves it as it is', async () => {
    await database.query('create schema perdure')
    await expect(openStorage(database.url, look)).rejects.toMatchObject({ code: 'schema_missing' })
    expect(
      await database.query(`select from information_schema.tables where table_schema = 'perdure'`),
    ).toEqual([])
  })

  it('refuses a newer schema', async () => {
    await (await openStorage(database.url)).close()
    await database.query(`insert into perdure.migrations values (99, 'from-the-future', now())`)
    await expect(openStorage(database.url, look)).rejects.toMatchObject({ code: 'schema_too_new' })
  })

  it('refuses an older schema and leaves it as it is', async () => {
    await (await openStorage(database.url)).close()
    await database.query(`delete from perdure.migrations where version = ${schemaVersion}`)
    await expect(openStorage(database.url, look)).rejects.toMatchObject({
      code: 'schema_outdated',
      details: { schema: 'perdure', found: schemaVersion - 1, known: schemaVersion },
    })
    expect(await versions()).toHaveLength(schemaVersion - 1)
  })

  it('opens what is up to date, with the privilege to read and no other', async () => {
    const writer = await openStorage(database.url)
    await writer.commit([unitOf(counter('c-1'), 0)])
    await writer.close()
    await database.query(`create role ${database.name} login password 'secret'`)
    try {
      await database.query(`grant usage on schema perdure to ${database.name}`)
      await database.query(`grant select on all tables in schema perdure to ${database.name}`)
      const url = new URL(database.url)
      url.username = database.name
      url.password = 'secret'
      const storage = await openStorage(url.href, look)
      expect(await storage.readEvents(counter('c-1'))).toHaveLength(1)
      await storage.close()
    } finally {
      await database.query(`drop owned by ${database.name}`)
      await database.query(`drop role ${database.name}`)
    }
  })
})
