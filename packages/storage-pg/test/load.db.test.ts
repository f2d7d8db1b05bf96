// Reading back: many pages, large events, and streams that somebody damaged.
import type { Storage } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { blobOf, counter, loadWhole, unitOf } from './make.ts'
import { streamKey } from '../src/stream-key.ts'

let database: TestDatabase
let storage: Storage

beforeAll(async () => {
  database = await createTestDatabase()
  storage = await openStorage(database.url)
})

afterAll(async () => {
  await storage.close()
  await database.drop()
})

describe('a long stream', () => {
  const entity = counter('long')
  const events = 9_000

  beforeAll(async () => {
    for (let version = 0; version < events; version += 1_000) {
      await storage.commit([unitOf(entity, version, { count: 1_000 })])
    }
  })

  it('is read whole, over several pages', async () => {
    const loaded = await loadWhole(storage, entity)
    expect(loaded?.tail.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: events }, (_, index) => index + 1),
    )
    expect(loaded?.tail.at(-1)?.eventId).toBe(`w-long-${events}`)
  })

  it('is read from its snapshot on', async () => {
    await storage.saveSnapshot(entity, { sequence: 8_500, specHash: 'spec', bytes: Buffer.from('snapshot') })
    const loaded = await loadWhole(storage, entity)
    expect(loaded?.snapshot?.sequence).toBe(8_500)
    expect(loaded?.tail.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 500 }, (_, index) => 8_501 + index),
    )
  })

  it('is read in ranges that end anywhere', async () => {
    for (const [from, to] of [
      [1, 1],
      [127, 130],
      [4_095, 4_098],
      [1, 4_097],
      [8_999, 20_000],
    ] as const) {
      const found = await storage.readEvents(entity, { fromSequence: from, toSequence: to })
      expect([found[0]?.sequence, found.at(-1)?.sequence]).toEqual([from, Math.min(to, events)])
    }
  })
})

describe('large events', () => {
  it('are read in pages of bounded size', async () => {
    const entity = counter('large')
    const text = 'not very repetitive '.repeat(20_000)
    for (let version = 0; version < 40; version += 10) {
      await storage.commit([unitOf(entity, version, { count: 10, event: { params: { text } } })])
    }
    const loaded = await loadWhole(storage, entity)
    expect(loaded?.tail.length).toBe(40)
    expect(loaded?.tail.every(({ params }) => params['text'] === text)).toBe(true)
  })
})

describe('an entity without claims', () => {
  const certain = async (id: string): Promise<boolean> =>
    (await storage.load(counter(id), { specHash: 'spec' }))?.holdsNoClaims === true

  it('is known to have none from its head alone, however it was committed', async () => {
    await storage.commit([unitOf(counter('plain-1'), 0), unitOf(counter('plain-2'), 0, { count: 2 })])
    await storage.commit([unitOf(counter('plain-1'), 1)])
    await storage.commit([unitOf(counter('plain-1'), 2, { count: 3 }), unitOf(counter('plain-2'), 2)])
    expect([await certain('plain-1'), await certain('plain-2')]).toEqual([true, true])
  })

  it('is looked at when a host has written it that does not keep count', async () => {
    await storage.commit([unitOf(counter('older'), 0)])
    await database.query(`update perdure.entities set version = 2 where id = 'older'`)
    await database.query(`insert into perdure.events
      select stream, 2, 1000000, action, at, null, payload from perdure.events where stream = '${streamKey(counter('older'))}'`)
    await storage.commit([unitOf(counter('older'), 2)])
    expect(await certain('older')).toBe(false)
  })
})

describe('a damaged stream', () => {
  /** Stores ten events and lets the test damage them. */
  async function damage(id: string, statement: string): Promise<ReturnType<typeof counter>> {
    const entity = counter(id)
    await storage.commit([unitOf(entity, 0, { count: 10 })])
    await database.query(statement.replaceAll('$stream', `'${streamKey(entity)}'`))
    return entity
  }

  it.each([
    ['a gap', 'delete from perdure.events where stream = $stream and sequence = 4', 4],
    ['a lost beginning', 'delete from perdure.events where stream = $stream and sequence < 3', 1],
    ['a lost end', 'delete from perdure.events where stream = $stream and sequence > 8', 9],
    ['no events at all', 'delete from perdure.events where stream = $stream', 1],
    [
      'a payload that is no event',
      `update perdure.events set payload = '[1]' where stream = $stream and sequence = 6`,
      6,
    ],
    [
      'a payload without an id',
      `update perdure.events set payload = '{"action":"x","at":1,"params":{},"effects":[]}' where stream = $stream and sequence = 6`,
      6,
    ],
  ])('is never read as a shorter history: %s', async (name, statement, sequence) => {
    const entity = await damage(name, statement)
    const corrupt = {
      code: 'corrupt_stream',
      message: expect.stringContaining(`Counter/${name}`),
      details: { entity, sequence },
    }
    await expect(loadWhole(storage, entity)).rejects.toMatchObject(corrupt)
    await expect(storage.readEvents(entity)).rejects.toMatchObject(corrupt)
  })

  it('names the one event that is no JSON, though a hundred are parsed at once', async () => {
    const own = await createTestDatabase()
    const damaged = await openStorage(own.url)
    try {
      const entity = counter('no-json')
      await damaged.commit([unitOf(entity, 0, { count: 600 })])
      // The column would not take it: this is what a broken disk leaves.
      await own.query('alter table perdure.events alter column payload type text')
      const change = (sequence: number) =>
        own.query(`update perdure.events set payload = '{"a' where sequence = ${sequence}`)
      for (const sequence of [517, 77]) {
        await change(sequence)
        await expect(loadWhole(damaged, entity)).rejects.toMatchObject({
          code: 'corrupt_stream',
          details: { entity, sequence },
        })
      }
    } finally {
      await damaged.close()
      await own.drop()
    }
  })

  it('does not keep others from being read', async () => {
    await damage('broken', 'delete from perdure.events where stream = $stream and sequence = 4')
    await storage.commit([unitOf(counter('whole'), 0)])
    expect((await loadWhole(storage, counter('whole')))?.tail.length).toBe(1)
  })

  it('is read from a snapshot after the damage', async () => {
    const entity = await damage(
      'recovered',
      'delete from perdure.events where stream = $stream and sequence = 4',
    )
    await storage.saveSnapshot(entity, { sequence: 5, specHash: 'spec', bytes: Buffer.from('s') })
    expect((await loadWhole(storage, entity))?.tail.length).toBe(5)
  })

  it('has no use for a snapshot that is ahead of its head', async () => {
    const entity = await damage('ahead', `insert into perdure.snapshots values ($stream, 11, 'spec', 's')`)
    const loaded = await loadWhole(storage, entity)
    expect(loaded?.snapshot).toBeUndefined()
    expect(loaded?.tail.length).toBe(10)
  })
})

describe('a blob', () => {
  const blob = blobOf('some content '.repeat(1_000))
  const where = `where hash = '\\x${blob.hash}'`

  async function restore(): Promise<void> {
    await database.query(`delete from perdure.blob_refs ${where}`)
    await database.query(`delete from perdure.blobs ${where}`)
    await storage.commit([
      unitOf(counter(`holder-${restored++}`), 0, {
        blobs: [blob],
        claims: [{ field: 'f', hash: blob.hash }],
      }),
    ])
  }
  let restored = 0

  it('is stored smaller than it is', async () => {
    await restore()
    const [row] = await database.query<{ codec: string; length: number }>(
      `select codec, length(body) as length from perdure.blobs ${where}`,
    )
    expect(row?.codec).toBe('brotli')
    expect(row?.length).toBeLessThan(blob.size / 10)
    expect(await storage.readBlob('default', blob.hash)).toEqual(blob.bytes)
  })

  it.each([
    ['a flipped byte', `set body = set_byte(body, 9, get_byte(body, 9) # 255)`],
    ['a body cut short', `set body = substring(body from 1 for length(body) - 3)`],
    ['another body', `set body = 'something else', codec = 'identity', size = 14`],
    ['another size', `set size = size + 1`],
    ['a smaller size', `set size = 10`],
    ['another codec', `set codec = 'identity'`],
  ])('is never handed out damaged: %s', async (_, change) => {
    await restore()
    await database.query(`update perdure.blobs ${change} ${where}`)
    await expect(storage.readBlob('default', blob.hash)).rejects.toMatchObject({
      code: 'corrupt_blob',
      details: { tenant: 'default', hash: blob.hash },
    })
  })

  it.each(['', 'zz', blob.hash.toUpperCase(), `${blob.hash}00`, '../../etc/passwd'])(
    'is not found under "%s"',
    async (hash) => {
      await restore()
      expect(await storage.readBlob('default', hash)).toBeUndefined()
    },
  )

  it('that was deleted between the look and the commit is stored all the same', async () => {
    await restore()
    const late = await openStorage(database.url, {
      probe: async (point) => {
        if (point !== 'storage.commit.prepared') return
        // The look found the blob, so its body was not encoded; now it goes.
        await database.query(`delete from perdure.blob_refs ${where}`)
        await database.query(`delete from perdure.blobs ${where}`)
      },
    })
    const claims = [{ field: 'f', hash: blob.hash }]
    const [result] = await late.commit([unitOf(counter('late'), 0, { blobs: [blob], claims })])
    expect(result?.kind).toBe('committed')
    expect(await late.readBlob('default', blob.hash)).toEqual(blob.bytes)
    await late.close()
  })
})
