// Every released schema can be brought up to date with all that is in it, and the hosts of that release go on beside the new
// ones meanwhile: their statements are on tape.
import { silentLogger } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { decoderOf } from '../src/connect/column-codecs.ts'
import { openPgPool } from '../src/connect/pg-pool.ts'
import { schemaVersion } from '../src/schema/migration-list.ts'
import { describeSchema } from './describe-schema.ts'
import { freezeRelease, frozen, readAll } from './releases/freeze-release.ts'
import { frozenReleases, releaseSchema } from './releases/release.ts'
import type { Release, TapedStatement } from './releases/release.ts'

let database: TestDatabase
let client: Client

beforeEach(async () => {
  database = await createTestDatabase()
  client = new Client({
    connectionString: database.url,
    types: { getTypeParser: (oid: number) => decoderOf(oid) },
  })
  await client.connect()
})

afterEach(async () => {
  await client.end()
  await database.drop()
})

/** The database as the release left it. */
async function restore({ schema, rows }: Release): Promise<void> {
  for (const statement of [...schema, ...rows]) await client.query(statement)
}

const releases = await frozenReleases()

it('there is a frozen release for the first schema', () => {
  expect(releases.map(([version]) => version)).toContain(1)
})

describe.each(releases)('a database of schema version %i', (version, release) => {
  it('is brought up to date with everything in it as it was', async () => {
    await restore(release)
    await expect(openStorage(database.url, { schema: releaseSchema, migrate: false })).rejects.toMatchObject({
      code: 'schema_outdated',
      details: { found: version, known: schemaVersion },
    })
    const storage = await openStorage(database.url, { schema: releaseSchema })
    expect(await readAll(storage, client)).toEqual(release.entities)
    expect((await storage.verify()).findings).toEqual([])
    await storage.close()
  })

  it('comes to the schema that an empty database comes to', async () => {
    await restore(release)
    const engine = openPgPool(database.url, {}, silentLogger)
    for (const schema of [releaseSchema, 'fresh']) await (await openStorage(database.url, { schema })).close()
    const facts = async (schema: string) =>
      (await describeSchema(engine.database, schema)).filter((fact) => !fact.startsWith('log head'))
    expect(await facts(releaseSchema)).toEqual(await facts('fresh'))
    await engine.close()
  })

  it('is written by the hosts of its release after that, as if nothing had happened', async () => {
    await restore(release)
    const storage = await openStorage(database.url, { schema: releaseSchema })
    for (const statement of release.tape)
      expect(await play(statement), statement.text).toEqual(statement.rows)
    // What they have written is whole, and the hosts of today go on from there.
    expect((await storage.verify()).findings).toEqual([])
    for (const { head, events } of await readAll(storage, client)) {
      const before = release.entities.find((entity) => entity.head.id === head.id)?.events ?? []
      expect(events.slice(0, before.length)).toEqual(before)
      expect(events).toHaveLength(head.version)
    }
    const [lean] = await storage.readHeads([{ tenant: 'default', type: 'Frozen', id: 'lean' }])
    expect(lean?.version).toBe(2)
    await storage.close()
  })
})

/** Sends a statement as the writer did. */
async function play({ text, values }: TapedStatement): Promise<unknown> {
  const sent = values.map((value) =>
    typeof value === 'object' && value !== null ? Buffer.from(value.base64, 'base64') : value,
  )
  return frozen((await client.query<object>(text, sent)).rows)
}

it('the release of today can be frozen, and be brought up to date', async () => {
  const release = await freezeRelease(database.url)
  expect(release.schema.length).toBeGreaterThan(10)
  expect(release.tape.length).toBeGreaterThan(20)
  await client.query(`drop schema ${releaseSchema} cascade`)
  await restore(release)
  const storage = await openStorage(database.url, { schema: releaseSchema, migrate: false })
  expect(await readAll(storage, client)).toEqual(release.entities)
  await storage.close()
})
