// Two hosts with connections of their own, on real PostgreSQL, asked about the same hundred entities at once: with and without a
// router between them.
import { createHost } from '@perdure/actors'
import type { Host } from '@perdure/actors'
import { openRouter, openStorage } from '@perdure/storage-pg'
import { expect, it } from 'vitest'
import { createTestDatabase } from './setup/database.ts'
import { startMember } from './snippets/several-hosts.ts'
import { soakSpec } from './soak/soak-spec.ts'

const entities = 100
const rounds = 6

async function conflictsOf(isRouted: boolean): Promise<number> {
  const database = await createTestDatabase()
  const start = async (): Promise<Host> => {
    const storage = await openStorage(database.url)
    return createHost({
      specs: [soakSpec],
      storage,
      ...(isRouted ? { router: await openRouter(database.url) } : {}),
    })
  }
  const hosts = [await start(), await start()] as const
  const ids = Array.from({ length: entities }, (_, index) => `shelf-${index}`)
  await Promise.all(ids.map((id, index) => hosts[index % 2 === 0 ? 0 : 1].spawn('Shelf', { id })))
  let acknowledged = 0
  const lanes = hosts.flatMap((host) =>
    ids.map(async (id) => {
      for (let round = 0; round < rounds; round++)
        if ((await host.entity('Shelf', id).tryAsk('Add', { amount: 1 })).ok) acknowledged++
    }),
  )
  await Promise.all(lanes)
  const conflicts = hosts.reduce((sum, host) => sum + host.health().counters.conflicts, 0)
  await Promise.all(hosts.map((host) => host.stop()))
  const storage = await openStorage(database.url)
  expect((await storage.stats()).events).toBe(entities + acknowledged)
  expect((await storage.verify()).findings).toEqual([])
  await storage.close()
  await database.drop()
  return conflicts
}

it('what the guide on several hosts shows works', async () => {
  const database = await createTestDatabase()
  const hosts = await Promise.all(['a', 'b'].map((hostId) => startMember(database.url, [soakSpec], hostId)))
  const [a, b] = hosts
  await a?.spawn('Shelf', { id: 'shelf-1' })
  const answered = await b?.entity('Shelf', 'shelf-1').ask('Add', { amount: 3 })
  expect(answered?.state.counters['total']).toBe(3)
  expect(b?.health().ownership).toMatchObject({ forwarded: 1, held: 0 })
  await a?.stop()
  expect((await b?.entity('Shelf', 'shelf-1').ask('Add', { amount: 1 }))?.event.sequence).toBe(3)
  expect(b?.health().ownership).toMatchObject({ takenOver: 1, held: 1 })
  await b?.stop()
  await database.drop()
})

it('hosts with a router between them hardly ever conflict, where hosts without one do all the time', async () => {
  const raced = await conflictsOf(false)
  const routed = await conflictsOf(true)
  expect(raced).toBeGreaterThan(100)
  expect(routed).toBeLessThan(raced / 20)
})
