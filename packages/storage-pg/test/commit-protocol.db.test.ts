// Clauses of the commit protocol that only a database can break: mixed batches, rows that are lost, sizes at the edges.
import type { Storage } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { blobOf, counter, kindsOf, loadWhole, unitOf } from './make.ts'
import { taping } from './tape.ts'
import type { TapedQuery } from './tape.ts'

let database: TestDatabase
const storages: Storage[] = []

beforeAll(async () => {
  database = await createTestDatabase()
})

afterAll(async () => {
  for (const storage of storages) await storage.close()
  await database.drop()
})

async function open(schema: string): Promise<Storage> {
  const storage = await openStorage(database.url, { schema })
  storages.push(storage)
  return storage
}

describe('a batch', () => {
  const content = blobOf('content')
  const claims = [{ field: 'f', hash: content.hash }]

  it.each([
    ['events alone', {}],
    ['events with contents', { blobs: [content], claims }],
  ])('commits its sound units beside every kind of bad one: %s', async (what, part) => {
    const storage = await open(`mixed_${what.length}`)
    await storage.commit([
      unitOf(counter('taken'), 0),
      unitOf(counter('keyed'), 0, { event: { idempotencyKey: 'k' } }),
    ])
    const sound = (id: string) => unitOf(counter(id), 0, part)
    const results = await storage.commit([
      sound('one'),
      // Conflict.
      unitOf(counter('taken'), 0, { writer: 'late' }),
      sound('two'),
      // Constraint: the key is taken.
      unitOf(counter('keyed'), 1, { event: { idempotencyKey: 'k' } }),
      // Constraint: there is no such content.
      unitOf(counter('dangling'), 0, { claims: [{ field: 'f', hash: blobOf('nowhere').hash }] }),
      sound('three'),
      // Encoding: found here, and by the server.
      unitOf(counter('encoding'), 0, { status: 'half \ud800' }),
      unitOf(counter('range'), 0, { event: { at: -Number.MAX_SAFE_INTEGER } }),
      sound('four'),
      // The entity of another unit again.
      unitOf(counter('taken'), 0),
    ])
    expect(kindsOf(results)).toEqual([
      'committed',
      'conflict',
      'committed',
      'refused',
      'refused',
      'committed',
      'refused',
      'refused',
      'committed',
      'refused',
    ])
    const positions = await database.query<{ position: string }>(
      `select position from mixed_${what.length}.events order by position`,
    )
    expect(positions.map(({ position }) => Number(position))).toEqual([1, 2, 3, 4, 5, 6])
    expect((await storage.verify()).findings).toEqual([])
  })

  const snapshot = { sequence: 1, specHash: 'spec', bytes: Buffer.from('s') }

  it.each([
    ['contents', 'insert on blobs', { blobs: [content] }],
    ['references', 'insert on blob_refs', { claims }],
    ['released references', 'delete on blob_refs', { releases: [{ field: 'kept', hash: content.hash }] }],
    ['snapshots', 'insert on snapshots', { snapshot }],
  ])('of which %s were lost on the way is not told that they are stored', async (what, lost, part) => {
    const schema = `lossy_${what.replace(' ', '_')}`
    const storage = await open(schema)
    const kept = { blobs: [content], claims: [{ field: 'kept', hash: content.hash }] }
    // The first has the content where only its reference is to be lost.
    const isContent = what === 'contents'
    await storage.commit([unitOf(counter('c-1'), 0, isContent ? {} : kept)])
    const before = await storage.stats()
    // A trigger that swallows rows: the statement succeeds and touches fewer of them than it was given.
    await database.query(`
      create function ${schema}.swallow() returns trigger language plpgsql as 'begin return null; end';
      create trigger swallow before ${lost.replace(' on ', ` on ${schema}.`)} for each row execute function ${schema}.swallow()`)
    await expect(storage.commit([unitOf(counter('c-1'), 1, part)])).rejects.toMatchObject({
      code: 'storage_failed',
      message: expect.stringMatching(/\d of \d .*; nothing was committed/) as unknown,
    })
    expect(await storage.stats()).toEqual(before)
  })

  it('with a snapshot older than the stored one is stored, and leaves that one', async () => {
    const storage = await open('older_snapshot')
    await storage.commit([unitOf(counter('c-1'), 0, { count: 2, snapshot: { ...snapshot, sequence: 2 } })])
    expect(kindsOf(await storage.commit([unitOf(counter('c-1'), 2, { snapshot })]))).toEqual(['committed'])
    expect((await storage.load(counter('c-1'), { specHash: 'spec' }))?.snapshot?.sequence).toBe(2)
  })

  it('sends as many parameters for a thousand units as for two: there is no number of units that a statement cannot take', async () => {
    const storage = await open('many')
    const parametersFor = async (prefix: string, count: number): Promise<readonly number[]> => {
      const units = Array.from({ length: count }, (_, index) => {
        const own = blobOf(`${prefix} ${index}`)
        const snapshot = { sequence: 2, specHash: 'spec', bytes: Buffer.from('s') }
        const held = [
          { field: 'shared', hash: content.hash },
          { field: 'own', hash: own.hash, expiresAt: 2_000_000_000_000 },
        ]
        return unitOf(counter(`${prefix}-${index}`), 0, {
          count: 2,
          blobs: [own, content],
          claims: held,
          snapshot,
        })
      })
      const tape: TapedQuery[] = []
      expect(new Set(kindsOf(await taping(tape, () => storage.commit(units))))).toEqual(
        new Set(['committed']),
      )
      return tape.map(({ values }) => values.length)
    }
    await parametersFor('warm-up', 2)
    const few = await parametersFor('few', 2)
    expect(Math.max(...few)).toBeLessThan(30)
    expect(await parametersFor('many', 1_000)).toEqual(few)
  })
})

describe('a stream of 100,000 events', () => {
  const [entity, events] = [counter('long'), 100_000]
  let storage: Storage

  beforeAll(async () => {
    storage = await open('long')
    const event = { params: { text: 'some text '.repeat(30) } }
    for (let version = 0; version < events; version += 10_000)
      await storage.commit([unitOf(entity, version, { count: 10_000, event })])
  })

  it('is loaded whole, in pages of bounded size', async () => {
    const tape: TapedQuery[] = []
    const loaded = await taping(tape, () => loadWhole(storage, entity))
    expect(loaded?.tail).toHaveLength(events)
    expect(loaded?.tail.every(({ sequence }, index) => sequence === index + 1)).toBe(true)
    expect(loaded?.tail.at(-1)?.eventId).toBe(`w-long-${events}`)
    expect(Math.max(...tape.map(({ rows }) => bytesOf(rows)))).toBeLessThan(16 * 1024 ** 2)
    expect(tape.reduce((sum, { rows }) => sum + bytesOf(rows), 0)).toBeGreaterThan(32 * 1024 ** 2)
  })

  it('is loaded from its snapshot on, without those before it', async () => {
    await storage.saveSnapshot(entity, { sequence: events - 5, specHash: 'spec', bytes: Buffer.from('s') })
    const tape: TapedQuery[] = []
    const loaded = await taping(tape, () => loadWhole(storage, entity))
    expect(loaded?.tail.map(({ sequence }) => sequence)).toEqual(
      [1, 2, 3, 4, 5].map((nth) => events - 5 + nth),
    )
    expect(tape).toHaveLength(1)
  })

  it('is read page by page by whoever asks so', async () => {
    let next = 1
    for (;;) {
      const page = await storage.readEvents(entity, { fromSequence: next, limit: 5_000 })
      if (page.length === 0) break
      expect(page.every(({ sequence }, index) => sequence === next + index)).toBe(true)
      next += page.length
    }
    expect(next).toBe(events + 1)
  })
})

/** About how much came back at once. */
function bytesOf(rows: readonly unknown[]): number {
  return rows.reduce<number>(
    (sum, row) =>
      sum + Object.values(row as object).reduce<number>((all, value) => all + String(value).length, 0),
    0,
  )
}
