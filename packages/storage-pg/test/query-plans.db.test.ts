// The plans that matter: every statement of the hot paths finds its rows through an index, also in tables that were empty
// when it was planned, for that plan is kept.
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { silentLogger } from '@perdure/core'
import type { Storage } from '@perdure/core'
import { openPgPool } from '../src/connect/pg-pool.ts'
import type { Engine } from '../src/connect/engine.ts'
import { sessionSettings } from '../src/connect/session-settings.ts'
import { openSchema } from '../src/open-storage.ts'
import { tablesOf } from '../src/schema/tables.ts'
import { prepareStatements } from '../src/storage-context.ts'
import { backgroundStatements } from './background-statements.ts'
import { hotStatements } from './hot-statements.ts'
import { judgePlan } from './plan-problems.ts'

let database: TestDatabase
let client: Client
let engine: Engine
let storage: Storage
let texts: readonly string[] | undefined
let background: readonly string[] | undefined

beforeAll(async () => {
  database = await createTestDatabase()
  engine = openPgPool(database.url, {}, silentLogger)
  storage = await openSchema(engine, {})
  client = new Client({ connectionString: database.url })
  await client.connect()
  await client.query(sessionSettings)
})

afterAll(async () => {
  await client.end()
  await storage.close()
  await database.drop()
})

/** Found once: looking stores something. */
async function statements(): Promise<readonly string[]> {
  texts ??= await hotStatements(storage)
  return texts
}

/** The statements of the background, but for those of the hot paths among them, and those on what is not the schema's. */
async function backgroundOnly(): Promise<readonly string[]> {
  await statements()
  background ??= await backgroundStatements(storage, database.url)
  const known = new Set(texts)
  return background.filter((text) => !known.has(text) && text.includes('"perdure"."'))
}

async function planTextOf(name: string, text: string): Promise<string> {
  await client.query(`prepare ${name} as ${text}`)
  const parameters = new Set(text.match(/\$\d+/g)).size
  const nulls = parameters === 0 ? '' : `(${Array.from({ length: parameters }, () => 'null').join()})`
  const { rows } = await client.query<Record<'QUERY PLAN', string>>(`explain execute ${name}${nulls}`)
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}

describe('hot statements', () => {
  it('find their rows by key, in the order of an index, however large the tables are', async () => {
    for (const text of await statements()) expect(await judgePlan(client, text), text).toEqual([])
  })

  it('look references up by their whole key', async () => {
    const ofReferences = (await statements()).filter((text) => text.includes('"blob_refs"'))
    expect(ofReferences.length).toBeGreaterThan(5)
    for (const [index, text] of ofReferences.entries()) {
      const conditions = (await planTextOf(`refs_${index}`, text)).match(/Index Cond: .*/g) ?? []
      for (const condition of conditions.filter((each) => each.includes('owner')))
        expect(condition).toMatch(/tenant.*hash.*stream.*owner/)
    }
  })

  it('include every prepared statement', async () => {
    const prepared = prepareStatements(engine.database, tablesOf('perdure'))
    const { contents, load, ...others } = prepared
    const known = new Set(await statements())
    const all = [...Object.values(others), ...Object.values(contents), ...Object.values(load)] as readonly {
      readonly name: string
      readonly text: string
    }[]
    expect(all.filter(({ text }) => !known.has(text.trim())).map(({ name }) => name)).toEqual([])
  })
})

/** Statements that look at all there is, on purpose. */
const lookAtAll: readonly (readonly [purpose: string, text: RegExp])[] = [
  ['statistics', /^select \(select count/],
  ['what a prune would let go of', /^with gone as materialized/],
  ['bytes, for the cap of a prune', /^select coalesce\(sum\(stored_size/],
]

function looksAtAll(text: string): boolean {
  return lookAtAll.some(([, pattern]) => pattern.test(text.replaceAll(/\s+/g, ' ')))
}

describe('statements of the background', () => {
  it('find their rows through an index, but for those that look at everything', async () => {
    const texts = await backgroundOnly()
    expect(texts.filter(looksAtAll)).toHaveLength(lookAtAll.length)
    for (const text of texts.filter((each) => !looksAtAll(each)))
      expect(await judgePlan(client, text), text).toEqual([])
  })
})

/** Indexes that no hot statement needs, and who does. */
const ofOthers: Readonly<Record<string, string>> = {
  blob_refs_referenced_at: 'a prune goes through it from time to time',
  body_imports_pkey: 'importing bodies, once',
  consumers_pkey: 'consumers are a handful',
  entities_deleted: 'a prune goes through it from time to time',
  erased_positions_last: 'reading the log and looking it through, where something was erased',
  erased_positions_pkey: 'erasing an entity',
  erasures_pkey: 'erasing an entity',
  hosts_pkey: 'hosts are a handful',
  imported_bodies_pkey: 'importing bodies, once',
  log_head_pkey: 'keeps the table at one row',
  migrations_pkey: 'keeps a migration from being noted twice',
  router_requests_pkey: 'the router, whose statements are not those of a storage',
  router_requests_unclaimed: 'the router, looking for requests',
  router_seats_pkey: 'the router: an address has one seat',
}

/** Those that keep rows unique in tables of a few, or in tables of the router, whose statements are not looked at here. */
const ofNobody: readonly string[] = [
  'erased_positions_pkey',
  'hosts_pkey',
  'log_head_pkey',
  'router_requests_pkey',
  'router_requests_unclaimed',
  'router_seats_pkey',
]

describe('each index', () => {
  it('is missed: without it a hot statement would read what it need not', async () => {
    const texts = await statements()
    const { rows: indexes } = await client.query<{ name: string }>(
      `select i.relname as name from pg_index as x join pg_class as i on i.oid = x.indexrelid
      join pg_class as t on t.oid = x.indrelid where t.relnamespace = 'perdure'::regnamespace order by 1`,
    )
    const unmissed: string[] = []
    for (const { name } of indexes) {
      await client.query('begin')
      await dropIndex(name)
      if (!(await isMissed(texts))) unmissed.push(name)
      await client.query('rollback')
    }
    // A new index has a hot statement that misses it, or is named above with who does.
    expect(unmissed).toEqual(Object.keys(ofOthers).sort())
  })

  it('is missed by the background where nothing else needs it', async () => {
    const texts = (await backgroundOnly()).filter((text) => !looksAtAll(text))
    const unmissed: string[] = []
    for (const name of Object.keys(ofOthers)) {
      await client.query('begin')
      await dropIndex(name)
      if (!(await isMissed(texts))) unmissed.push(name)
      await client.query('rollback')
    }
    expect(unmissed).toEqual(ofNobody)
  })

  async function dropIndex(name: string): Promise<void> {
    const { rows } = await client.query<{ constraint: string | null; table: string }>(
      `select c.conname as constraint, x.indrelid::regclass::text as table from pg_index as x
      left join pg_constraint as c on c.conindid = x.indexrelid and c.contype in ('p', 'u')
      where x.indexrelid = $1::regclass`,
      [`perdure.${name}`],
    )
    const { constraint, table } = rows[0] ?? { constraint: null, table: '' }
    await client.query(
      constraint === null
        ? `drop index perdure.${name}`
        : `alter table ${table} drop constraint ${constraint} cascade`,
    )
  }

  /** Whether some statement fails, or its plan is refused. */
  async function isMissed(texts: readonly string[]): Promise<boolean> {
    for (const text of texts) {
      await client.query('savepoint one')
      const problems = await judgePlan(client, text).then(
        (found) => found.length,
        // `on conflict` names columns that nothing keeps unique any more.
        (error: { readonly code?: string }) => {
          if (error.code !== '42P10') throw error
          return 1
        },
      )
      await client.query('rollback to savepoint one')
      if (problems > 0) return true
    }
    return false
  }
})
