// Races of sweeps and commits on PostgreSQL, at named points and in both orders; the contract has the rest.
import type { Storage } from '@perdure/core'
import type { StorageOptions } from '@perdure/storage-pg'
import { openStorage } from '@perdure/storage-pg'
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
    const sweeping = storage.sweep({ now, batch: 2, signal: controller.signal })
    controller.abort()
    expect(await sweeping).toEqual({ expiredRefs: 2, orphanedBlobs: 0, deletedBlobs: 0, freedBytes: 0 })
    expect((await storage.stats()).refs).toBe(4)
  })
})
