// Reading the log on a real server: what is being committed, delayed or given up meanwhile, and by whom, hides nothing from a
// reader and stalls none. And the notices that wake readers: sent while somebody waits, and done without when they are lost.
import { StorageError, subscribe } from '@perdure/core'
import type { LogEntry, Storage } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'
import type { StorageOptions } from '@perdure/storage-pg'
import * as fc from 'fast-check'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { channelOf } from '../src/commit/log-notice.ts'
import { blobOf, counter, gate, unitOf } from './make.ts'

let database: TestDatabase

beforeEach(async () => {
  database = await createTestDatabase()
})

afterEach(() => database.drop())

async function open(options: StorageOptions = {}, url: string = database.url): Promise<Storage> {
  const storage = await openStorage(url, options)
  onTestFinished(() => storage.close())
  return storage
}

async function connect(): Promise<Client> {
  const client = new Client({ connectionString: database.url })
  // The database is dropped under it.
  client.on('error', () => {})
  await client.connect()
  onTestFinished(() => client.end().catch(() => {}))
  return client
}

/** Waits for so many entries, without ever looking unless woken. */
async function take(storage: Storage, after: bigint, count: number): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = []
  for await (const entry of subscribe(storage, { after, pollIntervalMs: 2 ** 30 })) {
    entries.push(entry)
    if (entries.length === count) break
  }
  return entries
}

/** What becomes of one commit, and in between. */
interface Step {
  readonly writer: number
  readonly entity: number
  readonly events: number
  readonly delayMs: number
  readonly isGivenUp: boolean
  readonly hasContents: boolean
}

const steps = fc.array(
  fc.record<Step>({
    writer: fc.nat({ max: 3 }),
    entity: fc.nat({ max: 5 }),
    events: fc.integer({ min: 1, max: 3 }),
    delayMs: fc.nat({ max: 8 }),
    isGivenUp: fc.oneof(
      { weight: 3, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
    hasContents: fc.boolean(),
  }),
  { minLength: 10, maxLength: 60, size: 'max' },
)

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * A writer with connections of its own, one commit after the other. Commits with contents are transactions of several
 * statements: they have taken their positions when they are delayed, or given up.
 */
async function write(own: readonly Step[], writer: number): Promise<number> {
  let step: Step | undefined
  const storage = await open({
    pool: { max: 2 },
    probe: async (point) => {
      if (point !== 'storage.commit.written' || step === undefined) return
      await pause(step.delayMs)
      if (step.isGivenUp) throw new Error('given up')
    },
  })
  let stored = 0
  for (const [index, next] of own.entries()) {
    step = next
    const entity = counter(`e-${next.entity}`)
    const [head] = await storage.readHeads([entity])
    const blob = blobOf(`content ${writer} ${index}`)
    const contents = { blobs: [blob], claims: [{ field: 'f', hash: blob.hash }] }
    const part = { count: next.events, writer: `w${writer}-${index}`, ...(next.hasContents ? contents : {}) }
    const results = await storage
      .commit([unitOf(entity, head?.version ?? 0, part)])
      .catch((error: unknown) => {
        if (error instanceof StorageError) return []
        throw error
      })
    if (results[0]?.kind === 'committed') stored += next.events
  }
  return stored
}

describe('a reader by cursor', () => {
  it.each([
    ['nobody else', false],
    ['a session that idles in a transaction with an id and a snapshot from before', true],
  ])(
    'misses nothing and sees nothing twice, whatever is delayed or given up, beside %s',
    async (_beside, isHeld) => {
      const idle = await connect()
      if (isHeld) {
        await openStorage(database.url).then((storage) => storage.close())
        await idle.query('begin isolation level repeatable read')
        await idle.query('select pg_current_xact_id()')
        const [held] = await database.query<{ held: boolean }>(
          `select bool_or(backend_xid is not null and backend_xmin is not null) as held from pg_stat_activity where datname = current_database()`,
        )
        expect(held?.held).toBe(true)
      }
      const reader = await open()
      let stored = 0
      await fc.assert(
        fc.asyncProperty(steps, fc.integer({ min: 1, max: 9 }), async (script, limit) => {
          const begin = (await reader.stats()).lastPosition
          const writers = [0, 1, 2, 3].map((writer) =>
            write(
              script.filter((step) => step.writer === writer),
              writer + 4 * stored,
            ),
          )
          const written = Promise.all(writers)
          let isDone = false
          const seen: bigint[] = []
          const reading = (async () => {
            for (let cursor = begin, isLast = false; !isLast;) {
              isLast = isDone
              const page = await reader.readLog({ after: cursor, limit })
              seen.push(...page.entries.map(({ position }) => position))
              cursor = page.seenUpTo
              if (cursor < page.head) isLast = false
            }
          })()
          const events = (await written).reduce((sum, count) => sum + count, 0)
          isDone = true
          await reading
          stored += events
          expect(seen).toEqual(Array.from({ length: events }, (_, index) => begin + BigInt(index) + 1n))
          expect((await reader.stats()).lastPosition).toBe(BigInt(stored))
        }),
        { numRuns: 4 },
      )
      if (isHeld) await idle.query('rollback')
    },
  )

  it('waits for no commit that has taken its positions and stands still', async () => {
    const written = gate()
    const released = gate()
    const slow = await open({
      probe: async (point) => {
        if (point !== 'storage.commit.written') return
        written.open()
        await released.opened
      },
    })
    const reader = await open()
    await reader.commit([unitOf(counter('first'), 0)])
    const blob = blobOf('content')
    const late = slow.commit([
      unitOf(counter('slow'), 0, { blobs: [blob], claims: [{ field: 'f', hash: blob.hash }] }),
    ])
    await written.opened
    expect(await reader.readLog({ after: 0n })).toMatchObject({ seenUpTo: 1n, head: 1n })
    released.open()
    await late
    expect(await reader.readLog({ after: 1n })).toMatchObject({ seenUpTo: 2n, head: 2n })
  })

  it('passes over what is gone for good, at once', async () => {
    const storage = await open()
    await storage.commit([unitOf(counter('c-1'), 0, { count: 3 })])
    await storage.commit([unitOf(counter('c-2'), 0, { count: 2 })])
    await database.query('delete from perdure.events where position in (2, 4, 5)')
    const page = await storage.readLog({ after: 0n })
    expect(page.entries.map(({ position }) => position)).toEqual([1n, 3n])
    expect(page.seenUpTo).toBe(5n)
    expect(await storage.readLog({ after: 3n })).toEqual({ entries: [], seenUpTo: 5n, head: 5n })
  })

  it('looks through so many positions at a time, whatever it finds', async () => {
    const storage = await open()
    await storage.commit([unitOf(counter('c-1'), 0, { count: 10_500 })])
    const filter = { types: ['Nothing'] }
    expect(await storage.readLog({ after: 0n, ...filter })).toEqual({
      entries: [],
      seenUpTo: 10_000n,
      head: 10_500n,
    })
    expect(await storage.readLog({ after: 10_000n, ...filter })).toMatchObject({ seenUpTo: 10_500n })
  })

  it('keeps positions exact beyond the safe integers', async () => {
    const storage = await open()
    await database.query('update perdure.log_head set position = 9007199254740992')
    await storage.commit([unitOf(counter('c-1'), 0, { count: 2 })])
    const page = await storage.readLog({ after: 2n ** 53n, limit: 1 })
    expect(page.entries.map(({ position }) => position)).toEqual([2n ** 53n + 1n])
    expect(page.head).toBe(2n ** 53n + 2n)
    const claim = { name: 'c', owner: 'o', from: 'head' as const, now: 0, leaseMs: 1 }
    expect((await storage.claimConsumer(claim)).consumer.position).toBe(2n ** 53n + 2n)
  })

  it.each(['{"mine":1}', '1', '[]'])('says which position is damaged: %s', async (payload) => {
    const storage = await open()
    await storage.commit([unitOf(counter('c-1'), 0, { count: 3 })])
    await database.query('update perdure.events set payload = $1 where position = 2', [payload])
    await expect(storage.readLog({ after: 0n })).rejects.toMatchObject({
      code: 'corrupt_stream',
      details: { position: 2n, id: 'c-1' },
    })
    expect((await storage.readLog({ after: 2n })).entries).toHaveLength(1)
  })
})

describe('notices', () => {
  it('are sent while somebody waits in another process, once a commit, and not otherwise', async () => {
    const writer = await open()
    const listening = await connect()
    const payloads: (string | undefined)[] = []
    listening.on('notification', ({ payload }) => payloads.push(payload))
    await listening.query(`listen "${channelOf('perdure')}"`)
    await writer.commit([unitOf(counter('c-1'), 0), unitOf(counter('c-2'), 0)])
    await writer.commit([unitOf(counter('c-1'), 1)])
    await listening.query('select')
    expect(payloads).toEqual([])

    const reader = await open()
    const watched = take(reader, 3n, 1)
    await untilAwaited()
    await writer.commit([unitOf(counter('c-1'), 2), unitOf(counter('c-2'), 1, { count: 2 })])
    await writer.commit([unitOf(counter('c-1'), 3)])
    await writer.commit([unitOf(counter('c-1'), 3, { writer: 'rival' })])
    await listening.query('select')
    expect(payloads).toEqual(['6', '7'])
    await watched
  })

  it('wake a reader that never looks for itself', async () => {
    const reader = await open()
    const writer = await open()
    const watched = take(reader, 0n, 20)
    await untilAwaited()
    for (let version = 0; version < 20; version++) await writer.commit([unitOf(counter('c-1'), version)])
    expect((await watched).map(({ position }) => position)).toEqual(
      Array.from({ length: 20 }, (_, index) => BigInt(index + 1)),
    )
  })

  it('are listened for again when the connection is lost, and what came meanwhile is found', async () => {
    const reader = await open({ random: { next: () => 0 } })
    const writer = await open()
    const watched = take(reader, 0n, 6)
    for (let version = 0; version < 6; version++) {
      await untilAwaited()
      const ended = await database.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and (query like 'listen%' or query like 'update%awaited_until%')`,
      )
      expect(ended.length).toBeGreaterThan(0)
      await writer.commit([unitOf(counter('c-1'), version)])
    }
    expect((await watched).map(({ position }) => position)).toEqual([1n, 2n, 3n, 4n, 5n, 6n])
  })

  it('are believed no further than that it is worth a look', async () => {
    const reader = await open()
    const watched = take(reader, 0n, 2)
    await untilAwaited()
    for (const payload of ['9223372036854775807', '1', 'nonsense', ''])
      await database.query('select pg_notify($1, $2)', [channelOf('perdure'), payload])
    const writer = await open()
    await writer.commit([unitOf(counter('c-1'), 0)])
    await writer.commit([unitOf(counter('c-1'), 1)])
    expect(await watched).toHaveLength(2)
  })

  it('are done without by who may only read', async () => {
    const writer = await open()
    await database.query(`create role ${database.name} login password 'secret'`)
    try {
      await database.query(`grant usage on schema perdure to ${database.name}`)
      await database.query(`grant select on all tables in schema perdure to ${database.name}`)
      const url = new URL(database.url)
      url.username = database.name
      url.password = 'secret'
      const storage = await openStorage(url.href, { migrate: false })
      const reading = (async () => {
        for await (const { position } of subscribe(storage, { pollIntervalMs: 5 })) return position
        return undefined
      })()
      await writer.commit([unitOf(counter('c-1'), 0)])
      expect(await reading).toBe(1n)
      await storage.close()
    } finally {
      await database.query(`drop owned by ${database.name}`)
      await database.query(`drop role ${database.name}`)
    }
  })

  it('leave no connection behind when nobody watches any more', async () => {
    const storage = await open()
    const listeners = async (): Promise<number> =>
      (
        await database.query(
          `select from pg_stat_activity where datname = current_database() and (query like 'listen%' or query like 'update%awaited_until%')`,
        )
      ).length
    const [one, other] = [await storage.watchLog(), await storage.watchLog()]
    await untilAwaited()
    one.close()
    expect(await listeners()).toBe(1)
    other.close()
    while ((await listeners()) > 0) await pause(5)
  })
})

/** Until somebody has said to be waiting, and listens. */
async function untilAwaited(): Promise<void> {
  for (;;) {
    const [row] = await database.query<{ awaited: boolean }>(
      `select awaited_until > now() and exists (
         select from pg_stat_activity where datname = current_database() and query like 'update%awaited_until%'
       ) as awaited from perdure.log_head`,
    )
    if (row?.awaited) return
    await pause(5)
  }
}
