// What the contract cannot see of a commit on PostgreSQL: the log's order among many connections, and answers that are lost.
import type { CommitResult, CommitUnit, EntityKey, Storage } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { blobOf, counter, gate, kindsOf, unitOf } from './make.ts'
import type { UnitPart } from './make.ts'
import { startProxy } from './proxy.ts'
import type { Proxy } from './proxy.ts'

let database: TestDatabase
const opened: (Storage | Proxy)[] = []

beforeAll(async () => {
  database = await createTestDatabase()
})

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

afterAll(() => database.drop())

let schemas = 0

/** A schema that no other test uses. */
function freshSchema(): string {
  schemas += 1
  return `s${schemas}`
}

async function open(...args: Parameters<typeof openStorage>): Promise<Storage> {
  const storage = await openStorage(...args)
  opened.push(storage)
  return storage
}

describe('the log', () => {
  it('has dense positions that tell the order of every entity, whoever commits', async () => {
    const schema = freshSchema()
    const hosts = await Promise.all([1, 2, 3, 4].map(() => open(database.url, { schema })))
    const entities = Array.from({ length: 12 }, (_, index) => counter(`c-${index}`))
    const versions = new Map<string, number>()
    // Each host commits random-looking subsets in its own order, with several events a unit; conflicts are expected.
    await Promise.all(
      hosts.map(async (host, nth) => {
        for (let round = 0; round < 25; round += 1) {
          const chosen = entities.filter((_, index) => (index * 7 + round * 3 + nth) % 3 !== 0)
          const ordered = nth % 2 === 0 ? chosen : chosen.toReversed()
          const units = ordered.map((entity) =>
            unitOf(entity, versions.get(entity.id) ?? 0, {
              count: 1 + (round % 3),
              writer: `h${nth}-${round}`,
            }),
          )
          const results = await host.commit(units)
          results.forEach((result, index) => learn(versions, units[index], result))
        }
      }),
    )
    const log = await database.query<{ position: string; stream: string; sequence: string }>(
      `select position, stream, sequence from ${schema}.events order by position`,
    )
    expect(log.length).toBeGreaterThan(100)
    expect(log.map(({ position }) => Number(position))).toEqual(log.map((_, index) => index + 1))
    const next = new Map<string, number>()
    for (const { stream, sequence } of log) {
      expect(Number(sequence)).toBe((next.get(stream) ?? 0) + 1)
      next.set(stream, Number(sequence))
    }
    expect((await hosts[0]?.stats())?.lastPosition).toBe(BigInt(log.length))
  })

  it('never shows a position before a smaller one', async () => {
    const schema = freshSchema()
    const written = gate()
    const held = gate()
    const slow = await open(database.url, {
      schema,
      probe: async (point) => {
        if (point !== 'storage.commit.written') return
        written.open()
        await held.opened
      },
    })
    const quick = await open(database.url, { schema })
    const first = slow.commit([unitOf(counter('slow'), 0, { snapshot: snapshotAt(1) })])
    await written.opened
    // The slow commit has taken position 1 and not committed: the quick one must wait for it.
    const second = quick.commit([unitOf(counter('quick'), 0)])
    expect(await Promise.race([second, pause(100)])).toBe('paused')
    expect(await database.query(`select position from ${schema}.events`)).toEqual([])
    held.open()
    expect(await first).toEqual([{ kind: 'committed', firstPosition: 1n }])
    expect(await second).toEqual([{ kind: 'committed', firstPosition: 2n }])
  })

  it.each([
    ['a lone event', (entity: EntityKey) => [unitOf(entity, 1)]],
    ['several events', (entity: EntityKey) => [unitOf(entity, 1, { count: 2 })]],
    ['several entities', (entity: EntityKey) => [unitOf(counter('b'), 0), unitOf(entity, 1)]],
  ])('is locked before any entity, so that commits cannot deadlock: %s', async (_, unitsOf) => {
    const schema = freshSchema()
    const storage = await open(database.url, { schema })
    await storage.commit([unitOf(counter('a'), 0)])
    const client = new Client({ connectionString: database.url })
    await client.connect()
    try {
      await client.query('begin')
      await client.query(`select from ${schema}.entities for update`)
      const committing = storage.commit(unitsOf(counter('a')))
      const lockLog = (): Promise<unknown> =>
        database.query(`select from ${schema}.log_head for update nowait`)
      await expect.poll(() => lockLog().catch((error: { code?: string }) => error.code)).toBe('55P03')
      await client.query('rollback')
      expect(kindsOf(await committing)).not.toContain('conflict')
    } finally {
      await client.end()
    }
  })

  it('gives back the positions of a commit that fails', async () => {
    const schema = freshSchema()
    const storage = await open(database.url, {
      schema,
      probe: (point) => {
        if (point === 'storage.commit.written') throw new Error('the host fails here')
      },
    })
    await expect(
      storage.commit([unitOf(counter('c-1'), 0, { snapshot: snapshotAt(1) })]),
    ).rejects.toMatchObject({
      code: 'storage_failed',
    })
    expect(await storage.commit([unitOf(counter('c-1'), 0)])).toEqual([
      { kind: 'committed', firstPosition: 1n },
    ])
  })
})

describe('sequences and positions beyond what a double can count', () => {
  it('are exact', async () => {
    const schema = freshSchema()
    const storage = await open(database.url, { schema })
    await database.query(`update ${schema}.log_head set position = 9007199254740993`)
    expect(
      await storage.commit([unitOf(counter('c-1'), 0, { count: 2 }), unitOf(counter('c-2'), 0)]),
    ).toEqual([
      { kind: 'committed', firstPosition: 9007199254740994n },
      { kind: 'committed', firstPosition: 9007199254740996n },
    ])
    expect((await storage.stats()).lastPosition).toBe(9007199254740996n)
  })
})

describe('a unit that PostgreSQL refuses', () => {
  it('stands alone in the end, wherever it is', async () => {
    for (const culprit of [0, 3, 6]) {
      const schema = freshSchema()
      const storage = await open(database.url, { schema })
      const units = Array.from({ length: 7 }, (_, index) =>
        unitOf(
          counter(`c-${index}`),
          0,
          index === culprit ? { event: { at: -Number.MAX_SAFE_INTEGER } } : {},
        ),
      )
      const results = await storage.commit(units)
      expect(kindsOf(results)).toEqual(units.map((_, index) => (index === culprit ? 'refused' : 'committed')))
      expect((await storage.stats()).lastPosition).toBe(6n)
    }
  })
})

describe('the answer to a commit', () => {
  const parts: readonly (readonly [string, string, UnitPart])[] = [
    ['events alone', 'perdure_append', {}],
    [
      'events with contents',
      'commit',
      { blobs: [blobOf('x')], claims: [{ field: 'f', hash: blobOf('x').hash }] },
    ],
  ]

  it.each(parts)('is unknown when it is lost, and found by repeating: %s', async (_, message, part) => {
    const schema = freshSchema()
    const proxy = await startProxy(database.url)
    opened.push(proxy)
    const storage = await open(proxy.url, { schema })
    await storage.commit([unitOf(counter('warm-up'), 0, part)])
    for (const [when, stored] of [
      ['before', 0],
      ['after', 1],
    ] as const) {
      const unit = unitOf(counter(`cut-${when}`), 0, part)
      proxy.cutAt(message, when)
      await expect(storage.commit([unit])).rejects.toMatchObject({ code: 'outcome_unknown', retryable: true })
      expect(await eventsOf(schema, unit.events[0]?.eventId)).toBe(stored)
      expect(kindsOf(await storage.commit([unit]))).toEqual(['committed'])
      expect(await eventsOf(schema, unit.events[0]?.eventId)).toBe(1)
    }
  })

  it('is definite when the connection was lost before COMMIT was sent', async () => {
    const schema = freshSchema()
    const proxy = await startProxy(database.url)
    opened.push(proxy)
    const storage = await open(proxy.url, { schema })
    const unit = unitOf(counter('c-1'), 0, { snapshot: snapshotAt(1) })
    proxy.cutAt('perdure_write_snapshots', 'after')
    await expect(storage.commit([unit])).rejects.toMatchObject({ code: 'storage_unavailable' })
    expect(await eventsOf(schema, unit.events[0]?.eventId)).toBe(0)
  })

  it('reads a reply that does not add up as unknown', async () => {
    const schema = freshSchema()
    const storage = await open(database.url, { schema })
    // A rule that swallows rows: the statement succeeds and stores fewer events than it was given.
    await database.query(`
      create function ${schema}.swallow() returns trigger language plpgsql as 'begin return null; end';
      create trigger swallow before insert on ${schema}.events for each row execute function ${schema}.swallow()`)
    await expect(storage.commit([unitOf(counter('c-1'), 0)])).rejects.toMatchObject({
      code: 'outcome_unknown',
    })
  })
})

function snapshotAt(sequence: number): { sequence: number; specHash: string; bytes: Uint8Array } {
  return { sequence, specHash: 'spec', bytes: Buffer.from('snapshot') }
}

async function eventsOf(schema: string, eventId: string | undefined): Promise<number> {
  const rows = await database.query(`select from ${schema}.events where payload ->> 'eventId' = $1`, [
    eventId,
  ])
  return rows.length
}

function learn(versions: Map<string, number>, unit: CommitUnit | undefined, result: CommitResult): void {
  if (unit === undefined || result.kind === 'refused') return
  const version =
    result.kind === 'conflict' ? result.actualVersion : unit.expectedVersion + unit.events.length
  versions.set(unit.entity.id, version)
}

async function pause(ms: number): Promise<'paused'> {
  await new Promise((resolve) => setTimeout(resolve, ms))
  return 'paused'
}
