// A history that comes in several pages: what happens between two of them changes nothing of the state, and memory is bounded.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { EntityEvent, EventPage, PageRange } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'
import { describe, expect, it } from 'vitest'
import { startHost } from './helpers/start-host.ts'
import type { TestHost } from './helpers/start-host.ts'
import { specOf } from './helpers/task-spec.ts'
import { turn } from './helpers/virtual-clock.ts'

const spec = specOf(`
[automaton]
name = "Tally"
states = ["Open", "Deleted"]
initial = "Open"
snapshot_every = 1000000

[[state]]
name = "count"
type = "counter"

[[action]]
name = "Add"
params = [{ name = "amount", type = "counter", required = true }]
effect = "count += params.amount"
`)

const key = { tenant: 'default', type: 'Tally', id: 't-1' }

/** A tally of 20 events, in pages of three; and a host that has not read it yet. */
async function unread(probe: (fromSequence: number, test: TestHost) => Promise<void>) {
  const writer = await startHost({ specs: [spec] }, openMemoryStorage({ pageEvents: 3 }))
  const ref = await writer.host.spawn('Tally', { id: 't-1' })
  await Promise.all(Array.from({ length: 19 }, () => ref.ask('Add', { amount: 1 })))
  const reader = await writer.another({
    probe: async (point, facts) => {
      if (point === 'entity.before_page') await probe(Number(facts?.['fromSequence']), writer)
    },
  })
  return { writer, reader, ref, again: reader.host.entity('Tally', 't-1') }
}

/** Does something once, before the page that begins in the middle. */
function inTheMiddle(act: (test: TestHost) => Promise<unknown>) {
  let isDone = false
  return async (fromSequence: number, test: TestHost): Promise<void> => {
    if (isDone || fromSequence < 9) return
    isDone = true
    await act(test)
  }
}

describe('between two pages of a replay', () => {
  it('a commit changes nothing of the state that is replayed, and is met by the next command', async () => {
    const { ref, again, reader } = await unread(
      inTheMiddle(({ host }) => host.entity('Tally', 't-1').ask('Add', { amount: 100 })),
    )
    expect(await again.state()).toMatchObject({ version: 20, counters: { count: 19 } })
    const { state } = await again.ask('Add', { amount: 1 })
    expect(state).toMatchObject({ version: 22, counters: { count: 120 } })
    expect(reader.storage.calls.get('readPage')).toBeGreaterThan(4)
    expect((await ref.ask('Add', { amount: 1 })).state.counters['count']).toBe(121)
  })

  it('an erasure is found: nothing of what was read before is shown', async () => {
    const { again, reader } = await unread(inTheMiddle(({ memory }) => memory.erase(key, { at: 7 })))
    await expect(again.state()).rejects.toMatchObject({ code: 'entity_erased' })
    expect(reader.storage.calls.get('load')).toBe(2)
  })

  it('a snapshot that comes or goes changes nothing', async () => {
    const { again, writer } = await unread(
      inTheMiddle(async ({ host, memory }) => {
        await host.entity('Tally', 't-1').ask('Add', { amount: 1 })
        await memory.saveSnapshot(key, { sequence: 21, specHash: 'another', bytes: new Uint8Array([1]) })
      }),
    )
    expect(await again.state()).toMatchObject({ version: 20, counters: { count: 19 } })
    expect((await writer.memory.load(key, { specHash: 'another' }))?.snapshot?.sequence).toBe(21)
  })

  it('an error that may pass has that page asked for again, and no other', async () => {
    const { again, reader } = await unread(async () => {})
    reader.storage.intervene('readPage', (carryOut) => carryOut())
    reader.storage.fail('readPage', 'storage_unavailable')
    const seen = again.state()
    await turn()
    await reader.clock.advance(1_000)
    expect(await seen).toMatchObject({ version: 20, counters: { count: 19 } })
    expect(reader.storage.calls.get('load')).toBe(1)
    expect(reader.storage.calls.get('readPage')).toBe(Math.ceil((20 - 3) / 3) + 1)
  })

  it('the end of the host ends it', async () => {
    const { again, reader } = await unread(
      inTheMiddle(async () => {
        void reader.host.stop({ deadlineMs: 0 })
        await turn()
      }),
    )
    await again.state().catch(() => {})
    expect(reader.storage.calls.get('readPage')).toBeLessThan(5)
  })
})

describe('a page', () => {
  it.each<[damage: string, spoil: (events: readonly EntityEvent[]) => readonly EntityEvent[]]>([
    ['has a gap', (events) => events.toSpliced(1, 1)],
    ['begins late', (events) => events.slice(1)],
    ['ends early', (events) => events.slice(0, -1)],
    ['has nothing in it', () => []],
    ['has a repeated event', (events) => [...events, ...events.slice(-1)]],
  ])('that %s is an error, never a shorter history', async (_damage, spoil) => {
    const { again, reader } = await unread(async () => {})
    for (let page = 0; page < 7; page++) {
      reader.storage.intervene('readPage', async (carryOut, [, range]) => {
        const found = (await carryOut()) as EventPage
        const isLast = (range as PageRange).fromSequence > 15
        if (!isLast) return found
        const decode = async function* () {
          const events: EntityEvent[] = []
          for await (const part of found.decode()) events.push(...part)
          yield spoil(events)
        }
        return { ...found, decode }
      })
    }
    await expect(again.state()).rejects.toMatchObject({
      code: 'corrupt_stream',
      details: { entity: 'Tally/t-1' },
    })
  })
})

describe('a history of 100,000 events', () => {
  it('is replayed with no more than two pages of it in memory', async () => {
    const [events, pageEvents] = [100_000, 5_000]
    const test = await startHost({ specs: [spec] }, openMemoryStorage({ pageEvents }))
    const ref = await test.host.spawn('Tally', { id: 't-1' })
    const { event } = await ref.ask('Add', { amount: 1 })
    for (let version = 2; version < events; version += 10_000) {
      const count = Math.min(10_000, events - version)
      const more = Array.from({ length: count }, (_, index) => {
        const sequence = version + index + 1
        return { ...event, sequence, eventId: `e-${sequence}` }
      })
      const parts = { status: 'Open', blobs: [], claims: [], releases: [] }
      await test.memory.commit([{ entity: key, expectedVersion: version, events: more, ...parts }])
    }
    const reader = await test.another()
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const pages: WeakRef<object>[] = []
    let [most, decoded] = [0, 0]
    for (let page = 0; page < events / pageEvents + 1; page++) {
      reader.storage.intervene('readPage', async (carryOut) => {
        const found = (await carryOut()) as EventPage
        // A turn of its own: an object that was just looked at through its WeakRef stays until then.
        await turn()
        collect()
        most = Math.max(most, pages.filter((each) => each.deref() !== undefined).length)
        const decode = async function* () {
          for await (const part of found.decode()) {
            decoded += part.length
            for (const each of part.slice(0, 1)) pages.push(new WeakRef(each))
            yield part
          }
        }
        return { last: found.last, decode }
      })
    }
    expect(await reader.host.entity('Tally', 't-1').state()).toMatchObject({
      version: events,
      counters: { count: events - 1 },
    })
    expect(pages.length).toBe(Math.ceil(decoded / pageEvents))
    expect(decoded).toBeGreaterThan(events - 2 * pageEvents)
    expect(most).toBeLessThanOrEqual(2)
  })
})
