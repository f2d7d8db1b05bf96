// Migrations planned and printed, beside those that are applied: the script leads to the very same schema.
import { silentLogger } from '@perdure/core'
import { migrateStorage, openStorage, planMigration, planMigrationFrom } from '@perdure/storage-pg'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import type { Engine } from '../src/connect/engine.ts'
import { openPgPool } from '../src/connect/pg-pool.ts'
import { migrations, schemaVersion } from '../src/schema/migration-list.ts'
import { describeSchema } from './describe-schema.ts'

let database: TestDatabase
let engine: Engine

beforeAll(async () => {
  database = await createTestDatabase()
  engine = openPgPool(database.url, {}, silentLogger)
})

afterAll(async () => {
  await engine.close()
  await database.drop()
})

/** Runs a script as psql would: statement by statement, and no further after an error. */
async function runScript(script: string): Promise<void> {
  const client = new Client({ connectionString: database.url })
  await client.connect()
  try {
    await client.query(script)
  } finally {
    await client.end()
  }
}

const allSteps = migrations.map(({ version, name }) => ({ version, name }))

it('a plan says what is missing and changes nothing', async () => {
  const plan = await planMigration(database.url, { schema: 'planned' })
  expect(plan).toMatchObject({ schema: 'planned', from: 0, to: schemaVersion, steps: allSteps })
  expect(await database.query(`select from pg_namespace where nspname = 'planned'`)).toEqual([])
  expect(planMigrationFrom(0, 'planned')).toEqual(plan)
  const done = await migrateStorage(database.url, { schema: 'planned' })
  expect(done).toEqual(plan)
  expect(await planMigration(database.url, { schema: 'planned' })).toEqual({
    schema: 'planned',
    from: schemaVersion,
    to: schemaVersion,
    steps: [],
    script: '',
  })
  expect((await migrateStorage(database.url, { schema: 'planned' })).steps).toEqual([])
})

it('a script leads to the schema that opening leads to, from any version', async () => {
  await (await openStorage(database.url, { schema: 'opened' })).close()
  const expected = await describeSchema(engine.database, 'opened')
  for (let from = 0; from < schemaVersion; from += 1) {
    const schema = `scripted_${from}`
    if (from > 0) await runScript(onlyUpTo(from, planMigrationFrom(0, schema).script))
    await runScript((await planMigration(database.url, { schema })).script)
    expect(await describeSchema(engine.database, schema)).toEqual(expected)
    const storage = await openStorage(database.url, { schema, migrate: false })
    await storage.close()
  }
})

/** The part of a script before the migration after `version`. */
function onlyUpTo(version: number, script: string): string {
  return script.slice(0, script.indexOf(`-- ${version + 1}: `))
}

it('a script refuses a schema that is not where it starts from, and leaves it as it is', async () => {
  const { script } = planMigrationFrom(schemaVersion - 1, 'refused')
  await expect(runScript(script)).rejects.toMatchObject({ code: '42P01' })
  await runScript(planMigrationFrom(0, 'refused').script)
  const before = await describeSchema(engine.database, 'refused')
  await expect(runScript(script)).rejects.toThrow(`schema refused is not at version ${schemaVersion - 1}`)
  await expect(runScript(planMigrationFrom(0, 'refused').script)).rejects.toThrow('is not at version 0')
  expect(await describeSchema(engine.database, 'refused')).toEqual(before)
})

it('there is no plan from a version that never was', () => {
  expect(() => planMigrationFrom(schemaVersion + 1)).toThrow(RangeError)
  expect(() => planMigrationFrom(-1)).toThrow(RangeError)
  expect(() => planMigrationFrom(0, 'Upper')).toThrow('cannot be a schema')
})
