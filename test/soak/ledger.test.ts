// The comparison at the end of every campaign can fail: each thing that must not be is brought about, and found.
import { openMemoryStorage } from '@perdure/core/memory'
import type { Storage } from '@perdure/core'
import { expect, it } from 'vitest'
import { Ledger } from './ledger.ts'
import { Load } from './load.ts'
import { keyOf } from './soak-spec.ts'

/** Some commands on a storage in memory, all of them answered. */
async function work(): Promise<{ readonly ledger: Ledger; readonly storage: Storage }> {
  const storage = openMemoryStorage()
  const ledger = new Ledger()
  const load = new Load({
    open: () => Promise.resolve(storage),
    log: ledger.logOf(1),
    next: ledger.next,
    isTidying: false,
    host: { keepStorageOpen: true },
  })
  const running = load.run()
  await load.progress(60)
  load.end()
  await running
  return { ledger, storage }
}

it('is content with what a sound host did', async () => {
  const { ledger, storage } = await work()
  const { tried, acknowledged, events } = await ledger.compare(storage)
  expect(acknowledged).toBe(tried)
  expect(events).toBeGreaterThan(acknowledged)
})

it('finds an acknowledged command that is not stored', async () => {
  const { ledger, storage } = await work()
  ledger.logOf(1).tried(keyOf(9_999))
  ledger.logOf(1).acknowledged(keyOf(9_999), 1, false)
  await expect(ledger.compare(storage)).rejects.toThrow('soak-9999 was acknowledged')
})

it('finds an event that nobody asked for', async () => {
  const { ledger, storage } = await work()
  ledger.said.tried.delete(keyOf(3))
  await expect(ledger.compare(storage)).rejects.toThrow('soak-3, which nobody tried')
})

it('finds a command that was refused and happened', async () => {
  const { ledger, storage } = await work()
  ledger.logOf(1).refused(keyOf(3), 'rejected')
  await expect(ledger.compare(storage)).rejects.toThrow('soak-3 was refused, and happened')
})

it('finds commands of one entity in another order than they were asked in', async () => {
  const { ledger, storage } = await work()
  for (const [id, attempt] of ledger.said.tried)
    ledger.said.tried.set(id, { ...attempt, order: -attempt.order })
  await expect(ledger.compare(storage)).rejects.toThrow('happened after one that was tried after it')
})

it('finds content that is gone', async () => {
  const { ledger, storage } = await work()
  storage.readBlob = () => Promise.resolve(undefined)
  await expect(ledger.compare(storage)).rejects.toThrow('content that is not stored whole')
})
