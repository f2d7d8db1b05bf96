// Races for contents on PostgreSQL: writers against each other, sweeps against each other, restorations against sweeps.
import type { Storage } from '@perdure/core'
import type { StorageOptions } from '@perdure/storage-pg'
import { openStorage } from '@perdure/storage-pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { blobOf, counter, gate, kindsOf, unitOf } from './make.ts'

let database: TestDatabase
let schemas = 0
const opened: Storage[] = []

beforeAll(async () => {
  database = await createTestDatabase()
})

beforeEach(() => {
  schemas += 1
})

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

afterAll(() => database.drop())

async function open(options: StorageOptions = {}): Promise<Storage> {
  const storage = await openStorage(database.url, { schema: `s${schemas}`, ...options })
  opened.push(storage)
  return storage
}

/** Waits until a session of this database waits for a lock. */
async function somebodyWaits(): Promise<void> {
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  await expect.poll(() => database.query(waiting)).not.toEqual([])
}

const now = 1_000_000

describe('two writers of the same two hundred contents', () => {
  it('in opposite orders neither deadlock nor fail, and store each content once', async () => {
    const contents = Array.from({ length: 200 }, (_, index) => blobOf(`content ${index}`))
    const writers = await Promise.all([open(), open()])
    const write = async (storage: Storage, nth: number): Promise<void> => {
      const blobs = nth === 0 ? contents : contents.toReversed()
      const claims = blobs.map(({ hash }, index) => ({ field: `f${index}`, hash }))
      for (let version = 0; version < 8; version += 1) {
        // Claimed and let go by turns, so that rows are inserted, revived and deleted all the time.
        const part = version % 2 === 0 ? { blobs, claims } : { releases: claims }
        const unit = unitOf(counter(`writer-${nth}`), version, part)
        expect(kindsOf(await storage.commit([unit]))).toEqual(['committed'])
      }
    }
    await Promise.all(writers.map(write))
    expect(await writers[0]?.stats()).toMatchObject({ blobs: 200, refs: 0 })
    expect((await writers[0]?.verify())?.findings).toEqual([])
  })
})

describe('two hosts that sweep at once', () => {
  it('delete every expired reference and every orphan once, and count them exactly together', async () => {
    const sweepers = await Promise.all([open(), open()])
    const [storage] = sweepers
    const contents = Array.from({ length: 150 }, (_, index) => blobOf(`content ${index}`))
    const claims = contents.map(({ hash }, index) => ({ field: `f${index}`, hash, expiresAt: now }))
    await storage?.commit([unitOf(counter('c-1'), 0, { blobs: contents, claims })])
    const before = await storage?.stats()
    const results = await Promise.all(
      sweepers.flatMap((each) => [each.sweep({ now, batch: 4 }), each.sweep({ now, batch: 7 })]),
    )
    const sum = (key: 'expiredRefs' | 'deletedBlobs' | 'freedBytes'): number =>
      results.reduce((total, result) => total + result[key], 0)
    // A sweep that found everything marked and nothing to delete yet leaves the rest to the next one.
    const rest = await storage?.sweep({ now })
    expect(sum('expiredRefs')).toBe(150)
    expect(sum('deletedBlobs') + (rest?.deletedBlobs ?? 0)).toBe(150)
    expect(sum('freedBytes') + (rest?.freedBytes ?? 0)).toBe(before?.storedBytes)
    expect(await storage?.stats()).toMatchObject({ blobs: 0, refs: 0 })
  })
})

describe('a restoration beside a sweep', () => {
  const blob = blobOf('lost content')
  const claim = { field: 'f', hash: blob.hash }

  /** An entity whose content is there and marked, but whose reference is not. */
  async function leaveUnclaimed(): Promise<Storage> {
    const storage = await open()
    await storage.commit([unitOf(counter('c-1'), 0, { blobs: [blob] })])
    await storage.sweep({ now, graceMs: now })
    expect((await storage.stats()).orphanedBlobs).toBe(1)
    return storage
  }

  it('keeps what it restores, though the sweep comes before its COMMIT', async () => {
    const [written, held] = [gate(), gate()]
    const storage = await leaveUnclaimed()
    const slow = await open({
      probe: async (point) => {
        if (point !== 'storage.restore.written') return
        written.open()
        await held.opened
      },
    })
    const restoring = slow.restoreClaims(counter('c-1'), 1, [claim], [blob])
    await written.opened
    const sweeping = storage.sweep({ now: now * 3 })
    await somebodyWaits()
    held.open()
    expect(await restoring).toBe(true)
    expect(await sweeping).toMatchObject({ deletedBlobs: 0 })
    expect(await storage.readBlob('default', blob.hash)).toEqual(blob.bytes)
  })

  it('stores it again when the sweep was first', async () => {
    const storage = await leaveUnclaimed()
    const late = await open({
      probe: async (point) => {
        if (point === 'storage.restore.begin')
          expect(await storage.sweep({ now: now * 3 })).toMatchObject({ deletedBlobs: 1 })
      },
    })
    expect(await late.restoreClaims(counter('c-1'), 1, [claim], [blob])).toBe(true)
    expect(await storage.readBlob('default', blob.hash)).toEqual(blob.bytes)
    expect((await storage.verify()).findings).toEqual([])
  })
})
