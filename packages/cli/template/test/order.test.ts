import { createHost } from '@perdure/actors'
import { openMemoryStorage } from '@perdure/core/memory'
import { loadSpecs } from '@perdure/spec-parser'
import { expect, it, onTestFinished } from 'vitest'
import type { EntityTypes } from '../src/entities.ts'

async function startHost() {
  const specs = await loadSpecs('entities/*.ioa.toml')
  const host = await createHost<EntityTypes>({ specs, storage: openMemoryStorage() })
  onTestFinished(() => host.stop())
  return host
}

it('refuses to place an order without items, and stores nothing of the attempt', async () => {
  const host = await startHost()
  const order = await host.spawn('Order')
  await expect(order.ask('Place')).rejects.toThrow('items > 0 was false: items = 0')
  expect((await order.state()).version).toBe(1)
})

it('ships an order that was placed', async () => {
  const host = await startHost()
  const order = await host.spawn('Order')
  await order.ask('AddItem', { note: 'by Friday, please' })
  await order.ask('Place')
  const { state } = await order.ask('Ship', { carrier: 'bicycle' })
  expect(state.status).toBe('Shipped')
  expect(state.fields.carrier).toBe('bicycle')
})
