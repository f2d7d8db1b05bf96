// The readers of the idle-session campaign can fail: each thing that a reader must not meet is brought about, and found.
import type { LogPage, LogRange, Storage } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'
import { expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from '../setup/database.ts'
import { LogReaders } from './log-readers.ts'

/** Readers of a log of twenty events, as `bend` shows it to them. */
async function readersOf(bend: (page: LogPage, range: LogRange) => LogPage): Promise<LogReaders> {
  const database = await createTestDatabase()
  const storage = await openStorage(database.url)
  onTestFinished(async () => {
    await storage.close()
    await database.drop()
  })
  const entity = { tenant: 'default', type: 'Counter', id: 'c-1' }
  const events = Array.from({ length: 20 }, (_, index) => ({
    ...entity,
    sequence: index + 1,
    eventId: `e-${index}`,
    action: index === 0 ? 'Created' : 'Add',
    from: 'Open',
    to: 'Open',
    params: {},
    effects: [],
    at: 1,
    specHash: 'spec',
    specVersion: 1,
  }))
  const nothing = { blobs: [], claims: [], releases: [] }
  await storage.commit([{ entity, expectedVersion: 0, status: 'Open', events, ...nothing }])
  const bent = new Proxy<Storage>(storage, {
    get: (target, name) => {
      if (name === 'readLog') return async (range: LogRange) => bend(await target.readLog(range), range)
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
  const readers = new LogReaders(bent, database, 2_000)
  await readers.start()
  return readers
}

it('readers of a sound log see all of it', async () => {
  const readers = await readersOf((page) => page)
  expect(await readers.catchUp()).toBe(20n)
  await readers.stop()
})

it.each<[string, (page: LogPage, range: LogRange) => LogPage, RegExp]>([
  [
    'has a gap',
    (page) => ({ ...page, entries: page.entries.filter(({ position }) => position !== 9n) }),
    /in place of 9|after 9, and has seen 8/,
  ],
  [
    'repeats an event',
    (page) => ({ ...page, entries: page.entries.flatMap((e) => (e.position === 9n ? [e, e] : [e])) }),
    /was given 9 in place of 10/,
  ],
  [
    'says it was read further than it was',
    (page) => (page.seenUpTo === 7n ? { ...page, seenUpTo: 8n } : page),
    /was told to go on after 8/,
  ],
  [
    'stands still before what is committed',
    (page, { after }) => (after >= 9n ? { ...page, entries: [], seenUpTo: after } : page),
    /stalled for 2000 ms before position 20/,
  ],
])('readers of a log that %s say so', async (_what, bend, message) => {
  const readers = await readersOf(bend)
  await expect(readers.catchUp()).rejects.toThrow(message)
  await readers.stop().catch(() => {})
})
