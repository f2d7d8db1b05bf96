// The log: every event once, in order, for whoever reads on from where the last page ended; and the news that it has grown.
import assert from 'node:assert/strict'
import type { EntityKey, LogEntry, LogRange, LogWatch, Storage } from '@perdure/core'
import type { ContractCase, ContractSettings } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { committed, sameJson } from '../check.ts'
import { session, unitOf } from '../make-unit.ts'

const order = (id: string, tenant = 'tenant-a'): EntityKey => ({ tenant, type: 'Order', id })

/** Entities of two types and two tenants. */
const mixture: readonly EntityKey[] = [
  session('a'),
  order('a'),
  session('a', 'tenant-b'),
  order('b', 'tenant-b'),
]

/** Commits `rounds` times two events of each entity of the mixture, in commits of two. */
async function fill(storage: Storage, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++)
    for (const pair of [mixture.slice(0, 2), mixture.slice(2)])
      await storage.commit(pair.map((entity) => unitOf(entity, round * 2, { events: 2 })))
}

/** Follows `seenUpTo` until it meets the head. */
async function readAll(storage: Storage, range: Omit<LogRange, 'after'>): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = []
  for (let after = 0n; ;) {
    const page = await storage.readLog({ ...range, after })
    entries.push(...page.entries)
    if (page.seenUpTo === page.head) return entries
    assert.ok(page.seenUpTo > after, `a page after ${after} gets its reader nowhere`)
    after = page.seenUpTo
  }
}

const positionsOf = (entries: readonly LogEntry[]): readonly bigint[] =>
  entries.map(({ position }) => position)

/** What each entity's own history says. */
async function histories(storage: Storage): Promise<ReadonlyMap<string, readonly unknown[]>> {
  const found = new Map<string, readonly unknown[]>()
  for (const entity of mixture) found.set(nameOf(entity), await storage.readEvents(entity))
  return found
}

function nameOf({ tenant, type, id }: EntityKey): string {
  return `${tenant} ${type} ${id}`
}

/** Fails unless the promise resolves soon. A machine under load is given time; a wake-up that is lost never comes. */
async function soon(
  { patienceMs = 10_000 }: ContractSettings,
  promise: Promise<void>,
  what: string,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new assert.AssertionError({ message: `${what} never came` })), patienceMs)
  })
  await Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** Reads up to the head; what was heard meanwhile may wake a watch once for nothing. */
async function settle(storage: Storage, watch: LogWatch): Promise<bigint> {
  const { head } = await storage.readLog({ after: 0n, limit: 0 })
  const given = new AbortController()
  const timer = setTimeout(() => given.abort(), 200)
  while (!given.signal.aborted) await watch.changed(head, given.signal)
  clearTimeout(timer)
  return head
}

const never = (): AbortSignal => new AbortController().signal

export const logCases: readonly ContractCase[] = [
  ...contractGroup('log', {
    'the storage reads the log in order of position, every event as it was committed': async ({
      storage,
    }) => {
      await fill(storage, 3)
      const entries = await readAll(storage, {})
      assert.deepEqual(
        positionsOf(entries),
        entries.map((_, index) => BigInt(index + 1)),
      )
      for (const [name, history] of await histories(storage)) {
        const own = entries.filter(({ event }) => nameOf(event) === name).map(({ event }) => event)
        sameJson(own, history, `the events of ${name} in the log`)
      }
    },

    'the storage reads the same log whatever the size of its pages': async ({ storage }) => {
      await fill(storage, 3)
      const whole = await readAll(storage, {})
      for (const limit of [1, 2, 5, 23, 24, 25]) {
        const page = await storage.readLog({ after: 3n, limit })
        assert.equal(page.entries.length, Math.min(limit, 21), `entries of a page of ${limit}`)
        assert.equal(page.entries[0]?.position, 4n)
        assert.equal(page.head, 24n)
        assert.equal(page.seenUpTo, page.entries.at(-1)?.position, `the end of a page of ${limit}`)
        assert.deepEqual(positionsOf(await readAll(storage, { limit })), positionsOf(whole))
      }
    },

    'the storage takes its reader past what a filter leaves out': async ({ storage }) => {
      await fill(storage, 3)
      const whole = await readAll(storage, {})
      const filters: readonly Omit<LogRange, 'after'>[] = [
        { types: ['Order'] },
        { types: ['Order', 'Session'], tenant: 'tenant-b' },
        { types: ['Session'], tenant: 'tenant-a' },
        { types: ['Nothing'] },
        { types: [] },
        { tenant: 'nobody' },
      ]
      for (const filter of filters)
        for (const limit of [1, 4, 100]) {
          const fitting = whole.filter(
            ({ event }) =>
              (filter.types?.includes(event.type) ?? true) &&
              (filter.tenant === undefined || filter.tenant === event.tenant),
          )
          assert.deepEqual(
            positionsOf(await readAll(storage, { ...filter, limit })),
            positionsOf(fitting),
            JSON.stringify({ ...filter, limit }),
          )
        }
      const nothing = await storage.readLog({ after: 0n, types: ['Nothing'] })
      assert.deepEqual(nothing, { entries: [], seenUpTo: 24n, head: 24n })
    },

    'the storage has nothing behind the head, and moves no reader back': async ({ storage }) => {
      assert.deepEqual(await storage.readLog({ after: 0n }), { entries: [], seenUpTo: 0n, head: 0n })
      await fill(storage, 1)
      assert.deepEqual(await storage.readLog({ after: 8n }), { entries: [], seenUpTo: 8n, head: 8n })
      assert.deepEqual(await storage.readLog({ after: 100n }), { entries: [], seenUpTo: 100n, head: 8n })
      assert.deepEqual(await storage.readLog({ after: 3n, limit: 0 }), {
        entries: [],
        seenUpTo: 3n,
        head: 8n,
      })
    },

    'the storage ends a page before its events take too many bytes': async ({ storage }) => {
      const text = Array.from({ length: 1_000 }, (_, index) => `value ${index * 7919}`).join()
      const events = Array.from({ length: 6 }, () => ({ params: { text } }))
      await storage.commit([unitOf(session('a'), 0, { events })])
      const maxBytes = Math.ceil(text.length * 2.5)
      const page = await storage.readLog({ after: 0n, maxBytes })
      assert.ok(page.entries.length >= 1 && page.entries.length <= 2, `${page.entries.length} entries`)
      assert.equal(page.seenUpTo, page.entries.at(-1)?.position)
      assert.equal((await storage.readLog({ after: 0n, maxBytes: 1 })).entries.length, 1)
      for (const bytes of [1, maxBytes])
        assert.equal((await readAll(storage, { maxBytes: bytes })).length, 6, `read by ${bytes} bytes`)
    },

    'the storage shows a reader each event once while commits run at once': async ({ storage }) => {
      const commits = Array.from({ length: 40 }, async (_, index) => {
        await storage.commit([
          unitOf(session(`own-${index}`), 0, { events: 1 + (index % 3) }),
          unitOf(order(`contested-${index % 5}`), 0, { writer: `w-${index}` }),
        ])
      })
      const seen: bigint[] = []
      let cursor = 0n
      let isDone = false
      const all = Promise.all(commits).then(() => (isDone = true))
      for (let isLast = false; !isLast;) {
        isLast = isDone
        const page = await storage.readLog({ after: cursor, limit: 7 })
        seen.push(...positionsOf(page.entries))
        cursor = page.seenUpTo
        if (cursor < page.head) isLast = false
      }
      await all
      const { lastPosition } = await storage.stats()
      assert.deepEqual(
        seen,
        Array.from({ length: Number(lastPosition) }, (_, index) => BigInt(index + 1)),
      )
    },

    'the storage wakes a watch when events are committed': async ({ storage }, settings) => {
      const watch = await storage.watchLog()
      const head = await settle(storage, watch)
      const woken = watch.changed(head, never())
      committed((await storage.commit([unitOf(session('a'), 0)]))[0])
      await soon(settings, woken, 'the news of a commit')
      watch.close()
    },

    'the storage wakes a watch for what was committed before it began to wait': async (
      { storage },
      settings,
    ) => {
      const watch = await storage.watchLog()
      const head = await settle(storage, watch)
      committed((await storage.commit([unitOf(session('a'), 0)]))[0])
      await soon(settings, watch.changed(head, never()), 'the news of an earlier commit')
      watch.close()
    },

    'the storage ends the wait of a watch when its signal fires, when it is closed, and when the storage is':
      async ({ storage }, settings) => {
        const watch = await storage.watchLog()
        const given = new AbortController()
        const aborted = watch.changed(100n, given.signal)
        given.abort()
        await soon(settings, aborted, 'the end after a signal')
        await soon(settings, watch.changed(100n, given.signal), 'the end after an earlier signal')
        const closed = watch.changed(100n, never())
        watch.close()
        await soon(settings, closed, 'the end of a closed watch')
        const another = await storage.watchLog()
        const last = another.changed(100n, never())
        await storage.close()
        await soon(settings, last, 'the end with the storage')
      },
  }),
  ...contractGroup(
    'log',
    {
      'the storage wakes a watch for what another opening commits': async (
        { storage, openAnother },
        settings,
      ) => {
        assert.ok(openAnother, 'a shared storage can be opened twice')
        const another = await openAnother()
        const watch = await storage.watchLog()
        const head = await settle(storage, watch)
        const woken = watch.changed(head, never())
        committed((await another.commit([unitOf(session('a'), 0)]))[0])
        await soon(settings, woken, "the news of another's commit")
        watch.close()
      },
    },
    'shared',
  ),
]
