// Leases are hints: whatever is said of who is alive and who has an entity, every command that is acknowledged is stored once.
import type { EntityHead, HostLease, Storage } from '@perdure/core'
import { MemoryNetwork, openMemoryStorage } from '@perdure/core/memory'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { createHost } from '../src/index.ts'
import { taskSpec } from './helpers/task-spec.ts'
import { VirtualClock, turn } from './helpers/virtual-clock.ts'

const leaseMs = 400

/** The same storage, to one host; what it says of leases and owners is left to chance. */
function lying(storage: Storage, lie: () => number): Storage {
  const owned = <Head extends EntityHead | undefined>(head: Head): Head => {
    const owner = Math.floor(lie() * 6)
    return head === undefined ? head : { ...head, owner }
  }
  const lies: Partial<Storage> = {
    readHeads: async (entities) => (await storage.readHeads(entities)).map(owned),
    renewLease: async (lease) => {
      const leases = await storage.renewLease(lease)
      return leases
        .filter(() => lie() > 0.3)
        .map((held): HostLease => ({ ...held, beat: lie() > 0.5 ? held.beat : 7 }))
    },
    releaseLease: async () => lie() > 0.5,
  }
  return new Proxy(storage, {
    get: (target, name: keyof Storage) => {
      const member: unknown = lies[name] ?? target[name]
      return typeof member === 'function' && !(name in lies) ? member.bind(target) : member
    },
  })
}

it('every command that is acknowledged is stored once, in a history without gaps, whatever is said of leases and owners', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })),
      fc.array(
        fc.record({ host: fc.nat({ max: 2 }), entity: fc.nat({ max: 2 }), ticks: fc.nat({ max: 3 }) }),
        {
          minLength: 10,
          maxLength: 60,
        },
      ),
      async (chance, steps) => {
        const lie = (): number => chance.next().value ?? 0
        const memory = openMemoryStorage()
        Object.assign(memory, { capabilities: { ...memory.capabilities, shared: true } })
        const clock = new VirtualClock()
        const network = new MemoryNetwork({ clock })
        const hosts = await Promise.all(
          ['a', 'b', 'c'].map((hostId) =>
            createHost({
              specs: [taskSpec],
              storage: lying(memory, lie),
              keepStorageOpen: true,
              router: network.open(),
              hostId,
              leaseMs,
              clock,
            }),
          ),
        )
        const [first] = hosts
        if (first === undefined) throw new Error('no host')
        for (const id of ['0', '1', '2']) await first.spawn('Task', { id })
        const acknowledged: string[] = []
        const asked = steps.map(async ({ host, entity }, nth) => {
          for (let turns = 0; turns < nth; turns++) await turn()
          const task = (hosts[host] ?? first).entity('Task', String(entity))
          const result = await task.tryAsk('Tag', { tag: `tag ${nth}` })
          if (result.ok) acknowledged.push(`${entity} tag ${nth}`)
        })
        for (const { ticks } of steps) await clock.advance(ticks * 50)
        const over = new AbortController()
        void Promise.all(asked).then(() => over.abort())
        while (!over.signal.aborted) await clock.advance(50)
        const stored: string[] = []
        for (const id of ['0', '1', '2']) {
          const events = await memory.readEvents({ tenant: 'default', type: 'Task', id })
          expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1))
          for (const { params } of events.slice(1)) stored.push(`${id} ${params['tag'] as string}`)
        }
        expect(new Set(stored).size).toBe(stored.length)
        expect(stored).toEqual(expect.arrayContaining(acknowledged))
        expect(acknowledged.length).toBeGreaterThan(0)
        const stopping = Promise.all(hosts.map((host) => host.stop()))
        await clock.advance(leaseMs)
        await stopping
      },
    ),
    { numRuns: 60 },
  )
})
