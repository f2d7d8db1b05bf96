// Both drivers, side by side: the same values cross in the same way, and COMMIT is believed only when it says so.
import { randomBytes } from 'node:crypto'
import { silentLogger } from '@perdure/core'
import * as fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import type { Engine } from '../src/connect/engine.ts'
import { openPgPool } from '../src/connect/pg-pool.ts'
import { openPgliteInMemory } from '../src/connect/pglite.ts'
import { parameter, prepareStatement } from '../src/connect/statement.ts'
import { millisecondsOf, timeOf } from '../src/schema/time.ts'

let server: TestDatabase
const engines: Partial<Record<string, Engine>> = {}

beforeAll(async () => {
  server = await createTestDatabase()
  engines['PostgreSQL'] = openPgPool(server.url, { max: 2 }, silentLogger)
  engines['PGlite'] = await openPgliteInMemory()
})

afterAll(async () => {
  for (const engine of Object.values(engines)) await engine?.close()
  await server.drop()
})

function engineOf(name: string): Engine {
  const engine = engines[name]
  if (engine === undefined) throw new Error(`no engine ${name}`)
  return engine
}

describe.each(['PostgreSQL', 'PGlite'])('%s', (name) => {
  const text = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed() && !value.includes('\0'))
  const int8 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  const rows = fc.record({
    text,
    int8,
    int4: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    bool: fc.boolean(),
    bytes: fc.uint8Array(),
    texts: fc.array(fc.option(text)),
    int8s: fc.array(int8),
    json: fc.json(),
    uuid: fc.uuid(),
    uuids: fc.array(fc.uuid()),
  })

  it('returns every value as it was sent', async () => {
    const { database } = engineOf(name)
    await fc.assert(
      fc.asyncProperty(rows, async (row) => {
        const { rows: found } = await sql`select ${row.text}::text as text, ${row.int8}::int8 as int8,
          ${row.int4}::int4 as int4, ${row.bool}::bool as bool, ${row.bytes}::bytea as bytes,
          ${row.texts}::text[] as texts, ${row.int8s}::int8[] as int8s, ${row.json}::json as json,
          ${row.uuid}::uuid as uuid, ${row.uuids}::uuid[] as uuids`.execute(database)
        expect(found).toEqual([{ ...row, bytes: Buffer.from(row.bytes) }])
      }),
    )
  })

  it('takes arrays of bytes', async () => {
    const bytes = [randomBytes(0), randomBytes(1), randomBytes(1_000)]
    const { rows: found } = await sql<{ bytes: Buffer }>`
      select * from unnest(${bytes}::bytea[]) as list (bytes)`.execute(engineOf(name).database)
    expect(found.map((row) => row.bytes)).toEqual(bytes)
  })

  it('keeps every safe integer of milliseconds exact as a timestamp, whatever the time zone', async () => {
    const { database } = engineOf(name)
    const edges = [0, 1, -1, 86_399_999, 1_780_000_000_123, Number.MAX_SAFE_INTEGER, -(2 ** 45)]
    for (const zone of ['UTC', 'America/New_York', 'Asia/Kathmandu']) {
      await database.transaction().execute(async (transaction) => {
        await sql`select set_config('timezone', ${zone}::text, true)`.execute(transaction)
        const { rows: found } = await sql<{ ms: bigint }>`
          select ${millisecondsOf(timeOf(sql.ref('ms')))} as ms from unnest(${edges}::int8[]) as list (ms)`.execute(
          transaction,
        )
        expect(found.map(({ ms }) => Number(ms))).toEqual(edges)
      })
    }
  })

  it('does not believe a COMMIT that was answered with ROLLBACK', async () => {
    const { database } = engineOf(name)
    const committing = database.transaction().execute(async (transaction) => {
      await sql`create table never (id int)`.execute(transaction)
      // The transaction has failed from here on; the server will say so at COMMIT only, and only in the tag.
      await sql`select 1 / 0`.execute(transaction).catch(() => {})
    })
    await expect(committing).rejects.toMatchObject({ code: 'outcome_unknown', details: { tag: 'ROLLBACK' } })
    const { rows: found } = await sql`select to_regclass('never') as table`.execute(database)
    expect(found).toEqual([{ table: null }])
  })

  it('rolls back when the work fails, and reports that failure', async () => {
    const { database } = engineOf(name)
    const failing = database.transaction().execute(async (transaction) => {
      await sql`create table never (id int)`.execute(transaction)
      throw new Error('the work fails')
    })
    await expect(failing).rejects.toThrow('the work fails')
    const { rows: found } = await sql`select to_regclass('never') as table`.execute(database)
    expect(found).toEqual([{ table: null }])
  })

  it('goes on after a statement that failed, prepared or not', async () => {
    const { database } = engineOf(name)
    const divide = prepareStatement<[number], { result: number }>(
      database,
      'divide',
      sql`select 10 / ${parameter}::int4 as result`,
    )
    for (const divisor of [0, 5, 0, 2]) {
      const running = divide.run(database, [divisor])
      if (divisor === 0) await expect(running).rejects.toMatchObject({ code: '22012' })
      else expect((await running).rows).toEqual([{ result: 10 / divisor }])
    }
    await expect(sql`select nonsense`.execute(database)).rejects.toMatchObject({ code: '42703' })
    expect((await sql`select 1 as one`.execute(database)).rows).toEqual([{ one: 1 }])
  })

  it('refuses to run a statement with too few parameters', () => {
    const { database } = engineOf(name)
    const statement = prepareStatement<readonly number[], object>(
      database,
      'sum',
      sql`select ${parameter}::int4`,
    )
    expect(() => statement.run(database, [])).toThrow(TypeError)
  })

  it('tells how many rows a statement changed', async () => {
    const { database } = engineOf(name)
    await sql`create table counted (id int)`.execute(database)
    const inserted = await sql`insert into counted select generate_series(1, 3)`.execute(database)
    const updated = await sql`update counted set id = id + 1 where id > 1`.execute(database)
    const deleted = await sql`delete from counted`.execute(database)
    expect([inserted, updated, deleted].map(({ numAffectedRows }) => numAffectedRows)).toEqual([3n, 2n, 3n])
  })
})

describe('PGlite', () => {
  it('keeps others out of a transaction, and serves them in order afterwards', async () => {
    const { database } = engineOf('PGlite')
    await sql`create table visited (name text)`.execute(database)
    const visit = (visitor: string): Promise<unknown> =>
      sql`insert into visited values (${visitor})`.execute(database)
    await Promise.all([
      database.transaction().execute(async (transaction) => {
        await sql`insert into visited values ('first')`.execute(transaction)
        await new Promise((resolve) => setTimeout(resolve, 20))
        await sql`insert into visited values ('second')`.execute(transaction)
      }),
      visit('third'),
      visit('fourth'),
    ])
    const { rows: found } = await sql<{ name: string }>`select name from visited`.execute(database)
    expect(found.map((row) => row.name)).toEqual(['first', 'second', 'third', 'fourth'])
  })

  it('does not pass over a statement that its engine lost', async () => {
    const engine = await openPgliteInMemory()
    const deep = '['.repeat(20_000) + ']'.repeat(20_000)
    await expect(sql`select ${deep}::json`.execute(engine.database)).rejects.toMatchObject({
      code: 'storage_failed',
    })
    // What state it is in nobody knows: it is not used again.
    await expect(sql`select 1`.execute(engine.database)).rejects.toMatchObject({ code: 'storage_failed' })
    await engine.close()
  })
})
