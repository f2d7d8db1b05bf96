// The examples of the guide to reading the log do what the guide says.
import { createHost } from '@perdure/actors'
import type { Host } from '@perdure/actors'
import { loadSpecs } from '@perdure/spec-parser'
import { openStorage } from '@perdure/storage-pg'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { followOrders } from '../examples/quick-start/src/follow.ts'
import { projectOrders } from '../examples/quick-start/src/projection.ts'
import { createTestDatabase } from './setup/database.ts'
import type { TestDatabase } from './setup/database.ts'

let database: TestDatabase
let host: Host

beforeEach(async () => {
  database = await createTestDatabase()
  const specs = await loadSpecs(`${import.meta.dirname}/../examples/quick-start/order.ioa.toml`)
  host = await createHost({ specs, storage: await openStorage(database.url) })
})

afterEach(async () => {
  await host.stop()
  await database.drop()
})

async function placeOrders(count: number): Promise<void> {
  for (let number = 1; number <= count; number++) {
    const order = await host.spawn('Order', { id: `o-${number}` })
    await order.ask('AddItem')
    await order.ask('Place')
  }
}

it('the projection of the guide follows every order, each event counted once', async () => {
  await database.query(
    'create table order_status (id text primary key, status text, changes int, changed_at timestamptz)',
  )
  const consumer = projectOrders(host)
  await placeOrders(3)
  const rows = () => database.query('select id, status, changes from order_status order by id')
  await vi.waitFor(
    async () =>
      expect(await rows()).toEqual(['o-1', 'o-2', 'o-3'].map((id) => ({ id, status: 'Placed', changes: 3 }))),
    { timeout: 60_000 },
  )
  await consumer.stop()
})

it('the subscription of the guide prints what happens, and says where to go on', async () => {
  const lines: string[] = []
  vi.spyOn(console, 'log').mockImplementation((...parts) => void lines.push(parts.join(' ')))
  const stopping = new AbortController()
  const following = followOrders(host, 1n, stopping.signal)
  await placeOrders(1)
  await vi.waitFor(() => expect(lines).toHaveLength(2), { timeout: 60_000 })
  stopping.abort()
  expect(await following).toBe(3n)
  expect(lines).toEqual(['2 o-1 AddItem → Draft', '3 o-1 Place → Placed'])
  vi.restoreAllMocks()
})
