// Prunes on PostgreSQL: races with commits at named points, the lock, references of an older schema; the contract has the rest.
import type { Storage } from '@perdure/core'
import { silentLogger } from '@perdure/core'
import type { StorageOptions } from '@perdure/storage-pg'
import { openStorage } from '@perdure/storage-pg'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { openPgPool } from '../src/connect/pg-pool.ts'
import { referenceTimes } from '../src/schema/migrations/0004-reference-times.ts'
import { tablesOf } from '../src/schema/tables.ts'
import { blobOf, counter, gate, kindsOf, unitOf } from './make.ts'

let database: TestDatabase
let schema = 's0'
const opened: Storage[] = []

beforeAll(async () => {
  database = await createTestDatabase()
})

beforeEach(() => {
  schema = `s${Number(schema.slice(1)) + 1}`
})

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

afterAll(() => database.drop())

async function open(options: StorageOptions = {}): Promise<Storage> {
  const storage = await openStorage(database.url, { schema, ...options })
  opened.push(storage)
  return storage
}

async function waitingSessions(): Promise<readonly unknown[]> {
  return database.query(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  )
}

/** The locks by which hosts keep out of each other's way, as the server knows them. */
async function advisoryLocks(): Promise<readonly unknown[]> {
  return database.query(
    `select pid from pg_locks where locktype = 'advisory'
      and database = (select oid from pg_database where datname = current_database())`,
  )
}

const blob = blobOf('contested content')
const now = 2_000_000
const claim = { field: 'f', hash: blob.hash, expiresAt: now * 10 }

describe('a commit that claims again what a prune has picked', () => {
  it.each([
    ['its age', { maxAgeMs: 1_000 }],
    ['the byte cap', { maxStoredBytes: 0 }],
  ])('keeps the reference, though %s was up before COMMIT', async (_, limits) => {
    const [written, held] = [gate(), gate()]
    const storage = await open()
    await storage.commit([
      unitOf(counter('c-1'), 0, { event: { at: 1_000 }, blobs: [blob], claims: [claim] }),
    ])
    const slow = await open({
      probe: async (point) => {
        if (point !== 'storage.commit.written') return
        written.open()
        await held.opened
      },
    })
    const committing = slow.commit([unitOf(counter('c-1'), 1, { event: { at: now }, claims: [claim] })])
    await written.opened
    const pruning = storage.prune({ now: now + 1, ...limits })
    await expect.poll(waitingSessions).not.toEqual([])
    held.open()
    expect(kindsOf(await committing)).toEqual(['committed'])
    expect(await pruning).toMatchObject({ agedRefs: 0, cappedRefs: 0, deletedBlobs: 0 })
    expect(await storage.findMissingClaims(counter('c-1'), [claim])).toEqual([])
  })

  it('puts the content back when the prune was first', async () => {
    const storage = await open()
    await storage.commit([
      unitOf(counter('c-1'), 0, { event: { at: 1_000 }, blobs: [blob], claims: [claim] }),
    ])
    const late = await open({
      probe: async (point) => {
        if (point !== 'storage.commit.prepared') return
        expect(await storage.prune({ now, maxAgeMs: 0 })).toMatchObject({ agedRefs: 1, deletedBlobs: 1 })
      },
    })
    const unit = unitOf(counter('c-1'), 1, { event: { at: now }, blobs: [blob], claims: [claim] })
    expect(kindsOf(await late.commit([unit]))).toEqual(['committed'])
    expect(await storage.readBlob('default', blob.hash)).toEqual(blob.bytes)
    expect(await storage.findMissingClaims(counter('c-1'), [claim])).toEqual([])
  })
})

describe('the lock of a sweep', () => {
  it('is held while it is at it, and by nobody afterwards', async () => {
    const storage = await open()
    const during: number[] = []
    await storage.sweep({ now, onProgress: async () => void during.push((await advisoryLocks()).length) })
    expect(new Set(during)).toEqual(new Set([1]))
    await expect.poll(advisoryLocks).toEqual([])
  })

  it('holds back no vacuum, however long it is held', async () => {
    const storage = await open()
    const horizons: unknown[] = []
    const onProgress = async (): Promise<void> => {
      const rows = await database.query(
        `select activity.backend_xmin as xmin, activity.backend_xid as xid
          from pg_locks join pg_stat_activity as activity using (pid)
          where locktype = 'advisory' and activity.datname = current_database()`,
      )
      horizons.push(...rows)
    }
    await storage.sweep({ now, onProgress })
    expect(horizons).toEqual([1, 2, 3].map(() => ({ xmin: null, xid: null })))
  })

  it('is let go of when the sweep is aborted, and when it fails', async () => {
    const storage = await open()
    await storage.sweep({ now, signal: AbortSignal.abort() })
    const failing = storage.sweep({ now, onProgress: () => Promise.reject(new Error('the caller failed')) })
    await expect(failing).rejects.toThrow('the caller failed')
    await expect.poll(advisoryLocks).toEqual([])
    expect((await storage.sweep({ now })).outcome).toBe('done')
  })

  it('is not waited for by a sweep of another schema', async () => {
    const [storage, other] = [await open(), await open({ schema: `${schema}_other` })]
    const outcomes: string[] = []
    await storage.sweep({
      now,
      onProgress: async () => void outcomes.push((await other.sweep({ now })).outcome),
    })
    expect(new Set(outcomes)).toEqual(new Set(['done']))
  })

  it('costs the sweep nothing when its connection is cut, and is free then', async () => {
    const [storage, other] = [await open(), await open()]
    const outcomes: string[] = []
    const result = await storage.sweep({
      now,
      onProgress: async ({ phase }) => {
        if (phase !== 'expire') return
        await database.query(
          `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'
            and database = (select oid from pg_database where datname = current_database())`,
        )
        await expect.poll(advisoryLocks).toEqual([])
        outcomes.push((await other.sweep({ now })).outcome)
      },
    })
    expect([...outcomes, result.outcome]).toEqual(['done', 'done'])
  })

  it('leaves a pool of one connection to the commits', async () => {
    const storage = await open({ pool: { max: 1 } })
    const result = await storage.sweep({
      now,
      onProgress: async () => {
        await storage.stats()
      },
    })
    expect(result.outcome).toBe('done')
  })
})

describe('references of an older schema', () => {
  it('count as made with the newest event of their entity', async () => {
    const storage = await open()
    const at = 1_780_000_000_123
    await storage.commit([unitOf(counter('c-1'), 0, { event: { at }, blobs: [blob], claims: [claim] })])
    await database.query(`alter table ${schema}.blob_refs drop column referenced_at`)
    await database.query(`drop index ${schema}.entities_deleted`)
    const engine = openPgPool(database.url, {}, silentLogger)
    try {
      for (const statement of referenceTimes.statements(tablesOf(schema)))
        await sql`${statement}`.execute(engine.database)
    } finally {
      await engine.close()
    }
    const rows = await database.query(
      `select (extract(epoch from referenced_at) * 1000)::int8::text as at from ${schema}.blob_refs`,
    )
    expect(rows).toEqual([{ at: String(at) }])
  })

  it('may still be made by hosts of an older version, and count as made then', async () => {
    await open()
    await database.query(`insert into ${schema}.blobs (tenant, hash, size, stored_size, codec, body, created_at)
      values ('default', '\\x00', 1, 1, 'identity', 'x', now())`)
    await database.query(`insert into ${schema}.blob_refs (tenant, hash, stream, owner, expires_at)
      values ('default', '\\x00', gen_random_uuid(), 'f', null)`)
    expect(
      await database.query(
        `select from ${schema}.blob_refs where referenced_at > now() - interval '1 minute'`,
      ),
    ).toHaveLength(1)
  })
})

describe('a blob of a newer version', () => {
  it('is refused by the name of its codec, and is not taken for damaged', async () => {
    const storage = await open()
    await storage.commit([unitOf(counter('c-1'), 0, { blobs: [blob], claims: [claim] })])
    await database.query(`update ${schema}.blobs set codec = 'zstd'`)
    await expect(storage.readBlob('default', blob.hash)).rejects.toMatchObject({
      code: 'unknown_codec',
      retryable: false,
      details: { codec: 'zstd' },
    })
  })
})
