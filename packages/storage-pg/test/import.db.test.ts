// Importing bodies from a table that keeps them inline, on both engines, ended at every point and taken up again.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { hashContent, isPerdureError, silentLogger } from '@perdure/core'
import type { Storage } from '@perdure/core'
import { importBodies, openStorage } from '@perdure/storage-pg'
import type { ImportOptions } from '@perdure/storage-pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { openPgPool } from '../src/connect/pg-pool.ts'
import { openPgliteDirectory } from '../src/connect/pglite.ts'
import { startChild } from './child.ts'
import { runSql } from './run-sql.ts'

let database: TestDatabase
let schemas = 0

beforeAll(async () => {
  database = await createTestDatabase()
})

afterAll(() => database.drop())

const now = 1_800_000_000_000
const clock = { now: () => now, setTimeout: () => 0, clearTimeout: () => {} }
const names = { table: 'bodies', idColumn: 'id', bodyColumn: 'body' }

/** 35 records, of which 5 share a body, in pages of 10. */
const createBodies = `
  create table public.bodies (id text primary key, body bytea);
  insert into public.bodies
  select 'r-' || lpad(n::text, 3, '0'),
    convert_to(case when n > 30 then 'shared' else repeat('body ' || n || ' ', n * 20) end, 'UTF8')
  from generate_series(1, 35) as n`

function bodyOf(n: number): string {
  return n > 30 ? 'shared' : `body ${n} `.repeat(n * 20)
}

async function freshSchema(): Promise<{ storage: Storage; schema: string }> {
  schemas += 1
  const schema = `s${schemas}`
  const storage = await openStorage(database.url, { schema })
  onTestFinished(() => storage.close())
  return { storage, schema }
}

async function createTable(name: string, columns: string, rows: string): Promise<void> {
  await database.query(`create table ${name} (${columns})`)
  await database.query(`insert into ${name} ${rows}`)
}

/** What the application reads: record → content, by the mapping. */
async function imported(
  storage: Storage,
  query: (text: string) => Promise<readonly { record: string; hash: string }[]>,
  schema: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = await query(
    `select record, encode(hash, 'hex') as hash from ${schema}.imported_bodies order by record`,
  )
  const contents = new Map<string, string>()
  for (const { record, hash } of rows) {
    const bytes = await storage.readBlob('default', hash)
    expect(hashContent(bytes ?? '')).toBe(hash)
    contents.set(record, Buffer.from(bytes ?? []).toString())
  }
  return contents
}

const expected = new Map(
  Array.from({ length: 35 }, (_, index) => [`r-${String(index + 1).padStart(3, '0')}`, bodyOf(index + 1)]),
)

const onPostgres = (text: string): Promise<{ record: string; hash: string }[]> => database.query(text)

describe('an import', () => {
  beforeAll(() => database.query(createBodies))

  function run(schema: string, options: Partial<ImportOptions> = {}) {
    return importBodies(database.url, { ...names, schema, clock, batch: 10, ...options })
  }

  it('makes every body a blob, found by its record, and shared bodies one', async () => {
    const { storage, schema } = await freshSchema()
    const progress: number[] = []
    const result = await run(schema, { onProgress: (counts) => progress.push(counts.imported) })
    expect(result).toMatchObject({ imported: 35, empty: 0, expired: 0, isComplete: true })
    expect(progress).toEqual([10, 20, 30, 35])
    expect(await imported(storage, onPostgres, schema)).toEqual(expected)
    expect(await storage.stats()).toMatchObject({ blobs: 31, refs: 35, entities: 1, events: 1 })
    expect((await storage.verify()).findings).toEqual([])
  })

  it('does nothing the second time', async () => {
    const { storage, schema } = await freshSchema()
    await run(schema)
    const before = await storage.stats()
    expect(await run(schema)).toMatchObject({ imported: 0, bytes: 0, isComplete: true })
    expect(await storage.stats()).toEqual(before)
  })

  it('ended at any point goes on where it was, and comes to the same', async () => {
    const points: string[] = []
    const { schema: clean } = await freshSchema()
    await run(clean, { probe: (point) => void points.push(point) })
    expect(new Set(points).size).toBeGreaterThanOrEqual(9)
    for (let nth = 0; nth < points.length; nth++) {
      const { storage, schema } = await freshSchema()
      let reached = 0
      const dying = run(schema, {
        probe: () => {
          if (reached++ === nth) throw new Error(`ended at ${points[nth]}`)
        },
      })
      await expect(dying).rejects.toThrow('ended at')
      expect((await storage.verify()).findings).toEqual([])
      await run(schema)
      expect((await imported(storage, onPostgres, schema)).size).toBe(35)
      expect(await storage.stats()).toMatchObject({ blobs: 31, refs: 35, events: 1 })
    }
  })

  it('counts and stores nothing in a dry run', async () => {
    const { storage, schema } = await freshSchema()
    const before = await storage.stats()
    expect(await run(schema, { dryRun: true })).toMatchObject({ imported: 35, isComplete: true })
    expect(await storage.stats()).toEqual(before)
  })

  it('survives sweep and prune, and is let go of when it is erased', async () => {
    const { storage, schema } = await freshSchema()
    const { entity } = await run(schema)
    await storage.sweep({ now: now * 2 })
    await storage.prune({ now: now * 2, maxAgeMs: 1, maxStoredBytes: 1 })
    expect((await imported(storage, onPostgres, schema)).size).toBe(35)
    expect(await storage.erase(entity, { at: now })).toMatchObject({ references: 35, blobs: 31 })
    expect((await imported(storage, onPostgres, schema)).size).toBe(0)
    await expect(run(schema)).rejects.toMatchObject({ code: 'storage_misconfigured' })
  })

  it('ends early when it is aborted, and goes on the next time', async () => {
    const { schema } = await freshSchema()
    const controller = new AbortController()
    const first = await run(schema, { signal: controller.signal, onProgress: () => controller.abort() })
    expect(first).toMatchObject({ imported: 10, isComplete: false })
    expect(await run(schema)).toMatchObject({ imported: 25, isComplete: true })
  })

  it('lets one of two runs at the same time go on', async () => {
    const { storage, schema } = await freshSchema()
    const results = await Promise.allSettled([run(schema), run(schema)])
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true)
    for (const each of results)
      if (each.status === 'rejected') expect(isPerdureError(each.reason, 'storage_contention')).toBe(true)
    expect((await imported(storage, onPostgres, schema)).size).toBe(35)
  })
})

describe('a source', () => {
  it.each([
    ['text', "('a', 'Ünïcödé \u2603'), ('b', '')", { a: 'Ünïcödé ☃', b: '' }],
    ['json', `('a', '{"b" :  1}')`, { a: '{"b" :  1}' }],
    ['jsonb', `('a', '{"b" :  1}')`, { a: '{"b": 1}' }],
    ['bytea', `('a', '\\x00ff'::bytea)`, { a: Buffer.from([0, 255]).toString() }],
  ])('of %s is taken as its bytes', async (type, rows, contents) => {
    const { storage, schema } = await freshSchema()
    await createTable(`of_${type}`, `id text primary key, body ${type}`, `values ${rows}`)
    await importBodies(database.url, { ...names, table: `of_${type}`, schema, clock })
    expect(await imported(storage, onPostgres, schema)).toEqual(new Map(Object.entries(contents)))
  })

  it('keyed by numbers is read in their order, with its expiries and without what is over or empty', async () => {
    const { storage, schema } = await freshSchema()
    const [past, future] = [now - 1, now + 60_000]
    await createTable(
      '"Odd Table"',
      '"Key" int8 primary key, "Body" text, until timestamptz',
      `values (10, 'ten', to_timestamp(${future / 1000})), (9, 'nine', null), (100, 'over', to_timestamp(${past / 1000})), (2, null, null)`,
    )
    const options = { table: 'public.Odd Table', idColumn: 'Key', bodyColumn: 'Body', expiresColumn: 'until' }
    const result = await importBodies(database.url, { ...options, schema, clock, batch: 1 })
    expect(result).toMatchObject({ imported: 2, empty: 1, expired: 1 })
    await storage.sweep({ now: future })
    const kept = await Promise.all(
      ['ten', 'nine'].map(
        async (text) => (await storage.readBlob('default', hashContent(text))) !== undefined,
      ),
    )
    expect(kept).toEqual([false, true])
  })

  it('says of a body that it never ends by an expiry without end, and that it has ended by one before all time', async () => {
    const { storage, schema } = await freshSchema()
    await createTable(
      'endless',
      'id int8 primary key, body text, until timestamptz',
      `values (1, 'never', 'infinity'), (2, 'always', '-infinity'), (3, 'in the year 20000', '20000-01-01')`,
    )
    const options = { ...names, table: 'endless', expiresColumn: 'until', schema, clock }
    expect(await importBodies(database.url, options)).toMatchObject({ imported: 2, expired: 1 })
    const ends = await database.query<{ ends: string }>(
      `select coalesce(expires_at::text, 'never') as ends from ${schema}.blob_refs order by owner`,
    )
    expect(ends.map(({ ends }) => ends.slice(0, 11))).toEqual(['never', '20000-01-01'])
    expect((await storage.verify()).findings).toEqual([])
  })

  it.each([
    ['char(8)', (n: number) => `'id-${n}'`],
    ['varchar(8)', (n: number) => `'id-${n}'`],
    ['bit(8)', (n: number) => `${n}::bit(8)`],
    ['numeric(8, 2)', (n: number) => `${n}.25`],
    ['uuid', (n: number) => `'00000000-0000-0000-0000-0000000000${n}'`],
    ['timestamptz', (n: number) => `'2020-01-01'::timestamptz + interval '${n}.000001 s'`],
  ])('keyed by %s is read once through, in pages', async (type, idOf) => {
    const { storage, schema } = await freshSchema()
    const table = `keyed_${schema}`
    const rows = Array.from({ length: 7 }, (_, index) => `(${idOf(index + 11)}, 'body ${index}')`)
    await createTable(table, `id ${type} primary key, body text`, `values ${rows.join()}`)
    const controller = new AbortController()
    const result = await importBodies(database.url, {
      ...names,
      table,
      schema,
      clock,
      batch: 2,
      signal: controller.signal,
      // One that goes round in circles would not end.
      onProgress: ({ imported }) => void (imported > 7 && controller.abort()),
    })
    expect(result).toMatchObject({ imported: 7, isComplete: true })
    expect([...(await imported(storage, onPostgres, schema)).values()].toSorted()).toEqual(
      rows.map((_, index) => `body ${index}`),
    )
  })

  it('that has changed is taken over again when asked to, and its former bodies let go of', async () => {
    const { storage, schema } = await freshSchema()
    await createTable('changing', 'id int8 primary key, body text', `values (1, 'one'), (3, 'three')`)
    const options = { ...names, table: 'changing', schema, clock }
    await importBodies(database.url, options)
    await database.query(`update changing set body = 'uno' where id = 1`)
    await database.query(`insert into changing values (2, 'two')`)
    expect(await importBodies(database.url, options)).toMatchObject({ imported: 0 })
    expect(await importBodies(database.url, { ...options, fromStart: true })).toMatchObject({ imported: 3 })
    const contents = { 1: 'uno', 2: 'two', 3: 'three' }
    expect(await imported(storage, onPostgres, schema)).toEqual(new Map(Object.entries(contents)))
    expect(await storage.stats()).toMatchObject({ refs: 3 })
  })

  it.each([
    [{ table: 'nowhere' }, 'there is no table public.nowhere'],
    [{ idColumn: 'key' }, 'has no column key; it has id, body'],
    [{ bodyColumn: 'id', idColumn: 'body' }, 'needs a unique index'],
    [{ table: 'numbers' }, 'a body is bytea, text or JSON'],
    [{ expiresColumn: 'body' }, 'an expiry is a timestamp'],
  ])('that does not fit is refused: %o', async (part, why) => {
    const { schema } = await freshSchema()
    await database.query(`create table if not exists plain (id text primary key, body text)`)
    await database.query(`create table if not exists numbers (id text primary key, body int8)`)
    const importing = importBodies(database.url, { ...names, table: 'plain', schema, ...part })
    await expect(importing).rejects.toMatchObject({
      code: 'storage_misconfigured',
      message: expect.stringContaining(why) as unknown,
    })
  })
})

describe('an import that is killed', () => {
  it.each(['PostgreSQL', 'PGlite'])(
    'again and again on %s comes to the same as one that is not',
    async (name) => {
      const directory = await mkdtemp(path.join(tmpdir(), 'perdure-import-'))
      const scratch = await createTestDatabase()
      onTestFinished(async () => {
        await scratch.drop()
        await rm(directory, { recursive: true, force: true })
      })
      const url = name === 'PGlite' ? `pglite://${directory}` : scratch.url
      await (await openStorage(url)).close()
      const open = async () =>
        name === 'PGlite' ? openPgliteDirectory(directory, false) : openPgPool(url, {}, silentLogger)
      const engine = await open()
      for (const statement of createBodies.split(';')) await runSql(engine, statement)
      await engine.close()
      // In the first page, within others, between two of them; at last not at all.
      for (const nth of [9, 13, 8, 0]) {
        const child = startChild('import-and-die.ts', url, String(nth))
        const report = await child.report(() => true).catch(() => undefined)
        await child.kill()
        expect(report?.kind, report?.message).toBe(nth === 0 ? 'done' : undefined)
      }
      const after = await open()
      const rows = await runSql<{ record: string; hash: string }>(
        after,
        `select record, encode(hash, 'hex') as hash from perdure.imported_bodies order by record`,
      )
      await after.close()
      const storage = await openStorage(url)
      expect(await imported(storage, async () => rows, 'perdure')).toEqual(expected)
      expect(await storage.stats()).toMatchObject({ blobs: 31, refs: 35, events: 1 })
      expect((await storage.verify()).findings).toEqual([])
      await storage.close()
    },
  )
})
