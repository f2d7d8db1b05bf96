// Erasing, proved by looking: after it no row of any table holds anything of the entity, whatever the column, packed or not.
import { randomUUID } from 'node:crypto'
import { brotliDecompressSync } from 'node:zlib'
import { encodeSnapshot, silentLogger, unborn } from '@perdure/core'
import type { Probe, Storage } from '@perdure/core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import type { Engine } from '../src/connect/engine.ts'
import { openPgPool } from '../src/connect/pg-pool.ts'
import { openPgliteInMemory } from '../src/connect/pglite.ts'
import { openSchema } from '../src/open-storage.ts'
import { blobOf, counter, gate, kindsOf, unitOf } from './make.ts'
import { runSql } from './run-sql.ts'
import { unowned } from './subjects.ts'

let server: TestDatabase
const engines: Partial<Record<string, Engine>> = {}

beforeAll(async () => {
  server = await createTestDatabase()
  engines['PostgreSQL'] = openPgPool(server.url, {}, silentLogger)
  engines['PGlite'] = await openPgliteInMemory()
})

afterAll(async () => {
  for (const engine of Object.values(engines)) await engine?.close()
  await server.drop()
})

const secret = 'the-secret-of-c-1'
const entity = counter('c-1')
const at = 1_790_000_000_000

function engineOf(name: string): Engine {
  const engine = engines[name]
  if (engine === undefined) throw new Error(`no engine ${name}`)
  return engine
}

async function open(name: string, probe?: Probe): Promise<{ storage: Storage; schema: string }> {
  const engine = engineOf(name)
  const schema = `s_${randomUUID().replaceAll('-', '')}`
  const storage = await openSchema(unowned(engine), { schema, ...(probe && { probe }) })
  onTestFinished(async () => {
    await storage.close()
    await runSql(engine, `drop schema ${schema} cascade`)
  })
  return { storage, schema }
}

/** The tables of a schema in which any value of any column, unpacked where it is packed, holds the text. */
async function tablesWith(name: string, schema: string, text: string): Promise<readonly string[]> {
  const engine = engineOf(name)
  const tables = await runSql<{ name: string }>(
    engine,
    `select table_name as name from information_schema.tables where table_schema = '${schema}'`,
  )
  const found: string[] = []
  for (const table of tables) {
    const rows = await runSql<Record<string, unknown>>(engine, `select * from ${schema}.${table.name}`)
    if (rows.some((row) => Object.values(row).some((value) => holds(value, text)))) found.push(table.name)
  }
  return found.toSorted((left, right) => (left < right ? -1 : 1))
}

function holds(value: unknown, text: string): boolean {
  if (!(value instanceof Uint8Array)) return String(value).includes(text)
  const bytes = Buffer.from(value)
  return bytes.includes(text) || unpacked(bytes).includes(text)
}

function unpacked(bytes: Buffer): Buffer {
  try {
    return brotliDecompressSync(bytes)
  } catch {
    return bytes
  }
}

/** Puts the secret wherever an entity can: params, keys, fields in line and overflowed, a snapshot, what it let go of. */
async function fill(storage: Storage): Promise<void> {
  const large = blobOf(`${secret} `.repeat(2_000))
  const small = blobOf(`${secret} small`)
  const former = blobOf(`${secret} former`)
  const common = blobOf('what both hold')
  const claims = [large, small, former, common].map(({ hash }, index) => ({ field: `f${index}`, hash }))
  const state = { ...unborn, status: 'Active', version: 2, fields: { note: secret } }
  await storage.commit([
    unitOf(entity, 0, {
      count: 2,
      event: { params: { note: secret, list: [secret], former: `${secret} former` } },
      blobs: [large, small, former, common],
      claims,
      snapshot: encodeSnapshot({ type: 'Counter', specHash: 'spec' }, state),
    }),
    unitOf(counter('c-2'), 0, { blobs: [common], claims: [{ field: 'f', hash: common.hash }] }),
  ])
  await storage.commit([
    unitOf(entity, 2, { event: { idempotencyKey: secret }, releases: [{ field: 'f2', hash: former.hash }] }),
  ])
}

describe.each(['PostgreSQL', 'PGlite'])('erasing on %s', (name) => {
  it('leaves nothing of the content in any column of any table', async () => {
    const { storage, schema } = await open(name)
    await fill(storage)
    expect(await tablesWith(name, schema, secret)).toEqual(['blobs', 'events', 'snapshots'])
    await storage.erase(entity, { at, by: 'ops' })
    expect(await tablesWith(name, schema, secret)).toEqual([])
    expect((await storage.stats()).blobs).toBe(1)
    expect((await storage.verify()).findings).toEqual([])
  })

  it('keeps a record of who erased it when, and how much it was', async () => {
    const { storage, schema } = await open(name)
    await fill(storage)
    await storage.erase(entity, { at, by: 'ops' })
    const rows = await runSql(
      engineOf(name),
      `select erased_by, (extract(epoch from erased_at) * 1000)::int8 as at, events, snapshots, refs, blobs
       from ${schema}.erasures`,
    )
    expect(rows).toEqual([
      { erased_by: 'ops', at: BigInt(at), events: 3n, snapshots: 1n, refs: 3n, blobs: 2n },
    ])
  })

  it('happens whole or not at all', async () => {
    const { storage, schema } = await open(name, (point) => {
      if (point === 'storage.erase.written') throw new Error('the process dies here')
    })
    await fill(storage)
    await expect(storage.erase(entity, { at })).rejects.toMatchObject({ code: 'storage_failed' })
    expect(await tablesWith(name, schema, secret)).toEqual(['blobs', 'events', 'snapshots'])
    expect((await storage.verify()).findings).toEqual([])
  })

  it('ended after its transaction is done, and says the same when it is asked again', async () => {
    let dies = true
    const { storage, schema } = await open(name, (point) => {
      if (point === 'storage.erase.committed' && dies) throw new Error('the process dies here')
    })
    await fill(storage)
    await expect(storage.erase(entity, { at })).rejects.toThrow()
    expect(await tablesWith(name, schema, secret)).toEqual([])
    dies = false
    expect(await storage.erase(entity, { at: at + 1 })).toMatchObject({ erasedAt: at, events: 3 })
    expect(await tablesWith(name, schema, secret)).toEqual([])
  })

  it('takes a stream of many events, and finds a lost event beside erased ones', async () => {
    const { storage, schema } = await open(name)
    for (let version = 0; version < 3_000; version += 500)
      await storage.commit([
        unitOf(entity, version, { count: 500 }),
        unitOf(counter('c-2'), version / 500, {}),
      ])
    await storage.erase(entity, { at })
    expect((await storage.verify({ batch: 100 })).findings).toEqual([])
    await runSql(engineOf(name), `delete from ${schema}.events where position = 501`)
    expect((await storage.verify({ batch: 100 })).findings).toContainEqual({
      kind: 'missing_positions',
      from: 501n,
      to: 501n,
    })
  })
})

describe('a commit that meets an erasure', () => {
  const content = blobOf('contested')
  const claim = { field: 'f', hash: content.hash }

  it('keeps content that it claims, though it was being erased', async () => {
    const [written, held] = [gate(), gate()]
    const { storage, schema } = await open('PostgreSQL', async (point) => {
      if (point !== 'storage.erase.written') return
      written.open()
      await held.opened
    })
    await storage.commit([unitOf(entity, 0, { blobs: [content], claims: [claim] })])
    const other = await openSchema(unowned(engineOf('PostgreSQL')), { schema })
    const erasing = storage.erase(entity, { at })
    await written.opened
    const committing = other.commit([unitOf(counter('c-2'), 0, { blobs: [content], claims: [claim] })])
    held.open()
    await erasing
    expect(kindsOf(await committing)).toEqual(['committed'])
    expect(await other.readBlob('default', content.hash)).toEqual(content.bytes)
    expect((await other.verify()).findings).toEqual([])
    await other.close()
  })

  it('of the same entity is stored and erased, or conflicts', async () => {
    const { storage } = await open('PostgreSQL')
    await storage.commit([unitOf(entity, 0)])
    const [erasure, results] = await Promise.all([
      storage.erase(entity, { at }),
      storage.commit([unitOf(entity, 1, { blobs: [content], claims: [claim] })]),
    ])
    expect(erasure?.events).toBe(kindsOf(results)[0] === 'committed' ? 2 : 1)
    expect((await storage.stats()).blobs).toBe(0)
  })
})
