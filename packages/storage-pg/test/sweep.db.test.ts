// Races of sweeps and commits on PostgreSQL, at named points and in both orders; the contract has the rest.
import type { Storage } from '@perdure/core'
import type { StorageOptions } from '@perdure/storage-pg'
import { openStorage } from '@perdure/storage-pg'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
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

/** Waits until a session of this database waits for a lock. */
async function somebodyWaits(): Promise<void> {
  await expect
    .poll(() =>
      database.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      ),
    )
    .not.toEqual([])
}

const blob = blobOf('contested content')
const claim = { field: 'f', hash: blob.hash }
const now = 1_000_000

/** A blob that nothing refers to any more, marked for longer than any grace period. */
async function leaveOrphan(storage: Storage): Promise<void> {
  await storage.commit([unitOf(counter('first'), 0, { blobs: [blob], claims: [claim] })])
  await storage.commit([unitOf(counter('first'), 1, { releases: [claim] })])
  await storage.sweep({ now, graceMs: 1_000_000 })
  expect((await storage.stats()).orphanedBlobs).toBe(1)
}

describe('a commit that claims an orphan', () => {
  it('keeps it, though a sweep comes before COMMIT', async () => {
    const [written, held] = [gate(), gate()]
    const storage = await open()
    await leaveOrphan(storage)
    const slow = await open({
      probe: async (point) => {
        if (point !== 'storage.commit.written') return
        written.open()
        await held.opened
      },
    })
    const committing = slow.commit([unitOf(counter('second'), 0, { claims: [claim] })])
    await written.opened
    const sweeping = storage.sweep({ now: now * 3 })
    await somebodyWaits()
    held.open()
    expect(kindsOf(await committing)).toEqual(['committed'])
    expect(await sweeping).toMatchObject({ deletedBlobs: 0 })
    expect(await storage.readBlob('default', blob.hash)).toEqual(blob.bytes)
    expect((await storage.stats()).orphanedBlobs).toBe(0)
  })

  it('stores it again when the sweep was first', async () => {
    const storage = await open()
    await leaveOrphan(storage)
    const late = await open({
      probe: async (point) => {
        if (point === 'storage.commit.prepared') await storage.sweep({ now: now * 3 })
      },
    })
    const unit = unitOf(counter('second'), 0, { blobs: [blob], claims: [claim] })
    expect(kindsOf(await late.commit([unit]))).toEqual(['committed'])
    expect(await storage.readBlob('default', blob.hash)).toEqual(blob.bytes)
    expect(await storage.findMissingClaims(counter('second'), [claim])).toEqual([])
  })
})

describe('a commit that claims content without references', () => {
  it('keeps it from being marked, though the sweep looked before COMMIT', async () => {
    const [written, held] = [gate(), gate()]
    const storage = await open()
    await storage.commit([unitOf(counter('first'), 0, { blobs: [blob] })])
    const slow = await open({
      probe: async (point) => {
        if (point !== 'storage.commit.written') return
        written.open()
        await held.opened
      },
    })
    const committing = slow.commit([unitOf(counter('second'), 0, { claims: [claim] })])
    await written.opened
    const sweeping = storage.sweep({ now })
    await somebodyWaits()
    held.open()
    await committing
    expect(await sweeping).toMatchObject({ orphanedBlobs: 0, deletedBlobs: 0 })
    expect((await storage.stats()).orphanedBlobs).toBe(0)
  })
})

describe('a commit that claims an expired reference anew', () => {
  it('keeps the reference, though a sweep comes before COMMIT', async () => {
    const [written, held] = [gate(), gate()]
    const storage = await open()
    await storage.commit([
      unitOf(counter('c-1'), 0, { blobs: [blob], claims: [{ ...claim, expiresAt: now }] }),
    ])
    const slow = await open({
      probe: async (point) => {
        if (point !== 'storage.commit.written') return
        written.open()
        await held.opened
      },
    })
    const committing = slow.commit([
      unitOf(counter('c-1'), 1, { claims: [{ ...claim, expiresAt: now * 2 }] }),
    ])
    await written.opened
    const sweeping = storage.sweep({ now })
    await somebodyWaits()
    held.open()
    await committing
    expect(await sweeping).toMatchObject({ expiredRefs: 0, deletedBlobs: 0 })
    expect(await storage.findMissingClaims(counter('c-1'), [claim])).toEqual([])
  })
})

describe('sweeps and commits on the same contents', () => {
  it('never deadlock, fail or lose content, however they meet', async () => {
    const hosts = await Promise.all([open(), open(), open()])
    const contents = Array.from({ length: 8 }, (_, index) => blobOf(`content ${index}`))
    const versions = hosts.map(() => 0)
    const work = hosts.map(async (host, nth) => {
      for (let round = 0; round < 40; round += 1) {
        // Each host walks through the contents in its own order, claiming some and releasing others.
        const chosen = contents.filter((_, index) => (index * (nth + 2) + round) % 3 === 0)
        const ordered = nth % 2 === 0 ? chosen : chosen.toReversed()
        const claims = ordered.map(({ hash }, index) => ({
          field: `f${index}`,
          hash,
          expiresAt: now + (round % 4),
        }))
        const releases = contents
          .slice(0, nth + (round % 5))
          .map(({ hash }, index) => ({ field: `f${index}`, hash }))
        const unit = unitOf(counter(`host-${nth}`), versions[nth] ?? 0, { blobs: ordered, claims, releases })
        expect(kindsOf(await host.commit([unit]))).toEqual(['committed'])
        versions[nth] = (versions[nth] ?? 0) + 1
      }
    })
    const [sweeper] = hosts
    const stop = new AbortController()
    const sweeps = (async () => {
      while (!stop.signal.aborted) await sweeper?.sweep({ now: now + 1, batch: 3 })
    })()
    await Promise.all(work)
    stop.abort()
    await sweeps
    const dangling = await database.query(
      `select from ${schema}.blob_refs as ref where not exists (
        select from ${schema}.blobs as blob where blob.tenant = ref.tenant and blob.hash = ref.hash)`,
    )
    expect(dangling).toEqual([])
    const wronglyMarked = await database.query(
      `select from ${schema}.blobs as blob where orphaned_at is not null and exists (
        select from ${schema}.blob_refs as ref where blob.tenant = ref.tenant and blob.hash = ref.hash)`,
    )
    expect(wronglyMarked).toEqual([])
  })
})

describe('locks', () => {
  const [low, high] = [blobOf('one'), blobOf('other')].sort((one, other) => (one.hash < other.hash ? -1 : 1))

  /**
   * Locks the lower of two rows and starts the work. Once it waits for that row it must not hold the higher one: whoever
   * locks in the order of keys cannot deadlock with another who does.
   */
  async function expectInOrder(table: 'blobs' | 'blob_refs', work: () => Promise<unknown>): Promise<void> {
    const lock = `select from ${schema}.${table} where hash = $1 for update`
    const client = new Client({ connectionString: database.url })
    await client.connect()
    try {
      await client.query('begin')
      await client.query(lock, [Buffer.from(low?.hash ?? '', 'hex')])
      const working = work()
      await somebodyWaits()
      await database.query(`${lock} nowait`, [Buffer.from(high?.hash ?? '', 'hex')])
      await client.query('rollback')
      await working
    } finally {
      await client.end()
    }
  }

  /** Both contents stored, the higher one first in everything that has an order, its reference expiring first. */
  async function prepare(): Promise<{
    storage: Storage
    claims: { field: string; hash: string; expiresAt: number }[]
  }> {
    const storage = await open()
    const blobs = [high, low].flatMap((each) => each ?? [])
    const claims = blobs.map(({ hash }, index) => ({ field: 'f', hash, expiresAt: now + index }))
    await storage.commit([unitOf(counter('c-1'), 0, { blobs, claims })])
    return { storage, claims }
  }

  it('on blobs are taken in the order of keys by a commit', async () => {
    const { storage, claims } = await prepare()
    await expectInOrder('blobs', () => storage.commit([unitOf(counter('c-2'), 0, { claims })]))
  })

  it('on references are taken in the order of keys by a commit that releases', async () => {
    const { storage, claims } = await prepare()
    await expectInOrder('blob_refs', () => storage.commit([unitOf(counter('c-1'), 1, { releases: claims })]))
  })

  it('on references are taken in the order of keys by a commit that claims again', async () => {
    const { storage, claims } = await prepare()
    const later = claims.map((each) => ({ ...each, expiresAt: now * 2 }))
    await expectInOrder('blob_refs', () => storage.commit([unitOf(counter('c-1'), 1, { claims: later })]))
  })

  it('on references are taken in the order of keys by an alignment', async () => {
    const { storage } = await prepare()
    await expectInOrder('blob_refs', () => storage.alignClaims(counter('c-1'), 1, []))
  })

  it('on references are taken in the order of keys by a sweep', async () => {
    const { storage } = await prepare()
    await expectInOrder('blob_refs', () => storage.sweep({ now: now + 1 }))
  })

  it('on blobs are taken in the order of keys by a sweep that marks', async () => {
    const { storage, claims } = await prepare()
    await storage.commit([unitOf(counter('c-1'), 1, { releases: claims })])
    await expectInOrder('blobs', () => storage.sweep({ now, graceMs: 1_000 }))
  })

  it('on blobs are taken in the order of keys by a sweep that deletes', async () => {
    const { storage, claims } = await prepare()
    await storage.commit([unitOf(counter('c-1'), 1, { releases: claims })])
    await storage.sweep({ now, graceMs: 1_000 })
    await database.query(
      `update ${schema}.blobs set orphaned_at = orphaned_at - interval '1 s' where hash = $1`,
      [Buffer.from(high?.hash ?? '', 'hex')],
    )
    await expectInOrder('blobs', () => storage.sweep({ now: now + 2_000, graceMs: 1_000 }))
  })
})

describe('a sweep', () => {
  it('ends early when it is aborted, and says what it did', async () => {
    const storage = await open()
    const contents = Array.from({ length: 6 }, (_, index) => blobOf(`content ${index}`))
    await storage.commit([
      unitOf(counter('c-1'), 0, {
        blobs: contents,
        claims: contents.map(({ hash }, index) => ({ field: `f${index}`, hash, expiresAt: now })),
      }),
    ])
    const controller = new AbortController()
    const onProgress = (): void => controller.abort()
    expect(await storage.sweep({ now, batch: 2, signal: controller.signal, onProgress })).toEqual({
      outcome: 'aborted',
      expiredRefs: 2,
      orphanedBlobs: 0,
      deletedBlobs: 0,
      freedBytes: 0,
    })
    expect((await storage.stats()).refs).toBe(4)
  })
})
