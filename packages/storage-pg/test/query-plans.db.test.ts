// The plans that matter: every statement of the hot paths finds its rows through an index, also in tables that were empty
// when it was planned, for that plan is kept.
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { silentLogger } from '@perdure/core'
import { openPgPool } from '../src/connect/pg-pool.ts'
import type { Engine } from '../src/connect/engine.ts'
import { sessionSettings } from '../src/connect/session-settings.ts'
import type { Statement } from '../src/connect/statement.ts'
import { openSchema } from '../src/open-storage.ts'
import { tablesOf } from '../src/schema/tables.ts'
import { prepareStatements } from '../src/storage-context.ts'

let database: TestDatabase
let client: Client
let engine: Engine

beforeAll(async () => {
  database = await createTestDatabase()
  engine = openPgPool(database.url, {}, silentLogger)
  await openSchema(engine, {})
  client = new Client({ connectionString: database.url })
  await client.connect()
  await client.query(sessionSettings)
})

afterAll(async () => {
  await client.end()
  await engine.close()
  await database.drop()
})

type AnyStatement = Pick<Statement<readonly unknown[], unknown>, 'name' | 'text'>

/** Every prepared statement of a storage. */
function statements(): readonly AnyStatement[] {
  const { append, appendOne, losers, snapshots, contents, load, readLog } = prepareStatements(
    engine.database,
    tablesOf('perdure'),
  )
  return [
    append,
    appendOne,
    losers,
    snapshots,
    readLog,
    ...Object.values(contents),
    ...Object.values(load),
  ] as readonly AnyStatement[]
}

async function planOf({ name, text }: AnyStatement): Promise<string> {
  await client.query(`prepare ${name} as ${text}`)
  const parameters = new Set(text.match(/\$\d+/g)).size
  const nulls = Array.from({ length: parameters }, () => 'null').join()
  const { rows } = await client.query<Record<'QUERY PLAN', string>>(`explain execute ${name}(${nulls})`)
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}

describe('prepared statements', () => {
  it('read no table from end to end, but for the one row of the log', async () => {
    for (const statement of statements()) {
      const plan = await planOf(statement)
      const scanned = [...plan.matchAll(/Seq Scan on (\w+)/g)].map(([, table]) => table)
      const read = scanned.filter((table) => table !== 'log_head')
      expect(
        read,
        `${statement.name}
${plan}`,
      ).toEqual([])
      // A join by comparing pairs takes the square of a batch.
      expect(plan, statement.name).not.toMatch(/Hash Join|Merge Join/)
    }
  })

  it('follow the order of an index, so that a page of a history costs as much as the page', async () => {
    for (const statement of statements()) {
      const plan = await planOf({ ...statement, name: `${statement.name}_in_order` })
      expect(plan, statement.name).not.toMatch(/Bitmap/)
      // What is limited must come in order by itself: sorting it first would read all of it.
      expect(plan, statement.name).not.toMatch(/Limit[^\n]*\n\s*->\s+Sort/)
    }
  })

  it('look references up by their whole key', async () => {
    for (const statement of statements().filter(({ name }) => name.includes('_refs'))) {
      const conditions =
        (await planOf({ ...statement, name: `${statement.name}_again` })).match(/Index Cond: .*/g) ?? []
      for (const condition of conditions.filter((each) => each.includes('owner')))
        expect(condition).toMatch(/tenant.*hash.*stream.*owner/)
    }
  })
})
