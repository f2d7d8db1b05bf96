import type { Storage } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'
import { describe, expect, it } from 'vitest'
import { HostStopped, WriteCycle } from '../src/index.ts'
import { puppetStorage } from './helpers/puppet-storage.ts'
import { startHost } from './helpers/start-host.ts'

describe('a large burst', () => {
  it('goes in two halves, so that one is stored while the other is decided', async () => {
    const { host, storage } = await startHost()
    await Promise.all(Array.from({ length: 600 }, (_, index) => host.spawn('Task', { id: `t-${index}` })))
    expect(storage.calls.get('commit')).toBe(2)
  })

  it('of one entity goes in two halves as well', async () => {
    const { task, storage } = await startHost()
    const ref = await task('t-1')
    await ref.ask('Start')
    const before = storage.calls.get('commit') ?? 0
    await Promise.all(Array.from({ length: 600 }, () => ref.ask('Add', { amount: 0 })))
    expect((storage.calls.get('commit') ?? 0) - before).toBe(2)
  })

  it('leaves askers who ask again in two groups that take turns', async () => {
    const { task, storage } = await startHost()
    const ref = await task('t-1')
    await ref.ask('Start')
    const before = storage.calls.get('commit') ?? 0
    const askOften = async (): Promise<void> => {
      for (let round = 0; round < 5; round++) await ref.ask('Add', { amount: 0 })
    }
    await Promise.all(Array.from({ length: 600 }, askOften))
    expect((storage.calls.get('commit') ?? 0) - before).toBe(10)
  })

  it('is sent to a database outside before those who went first hear that they are stored', async () => {
    const order: string[] = []
    const { host } = await startHost({ storage: outside(() => order.push('sent')) })
    const spawn = async (index: number): Promise<void> => {
      await host.spawn('Task', { id: `t-${index}` })
      if (order.at(-1) !== 'heard') order.push('heard')
    }
    await Promise.all(Array.from({ length: 600 }, (_, index) => spawn(index)))
    expect(order).toEqual(['sent', 'sent', 'heard'])
  })

  it('is stored as far as it is stored: giving up takes no word back', async () => {
    let commits = 0
    const cycle: WriteCycle = new WriteCycle({
      storage: outside(() => ++commits === 2 && cycle.abandon(new HostStopped('host.stop'))),
    })
    const heard = Array.from({ length: 600 }, (_, index) => putOnce(cycle, `t-${index}`))
    const words = await Promise.all(heard)
    expect(words.filter((word) => word === 'committed')).toHaveLength(300)
    expect(words.filter((word) => word === 'failed')).toHaveLength(300)
  })
})

/** A storage that says it is outside of this process, and when it is sent a commit. */
function outside(onCommit: () => unknown): Storage {
  const storage = puppetStorage(openMemoryStorage())
  return {
    ...storage,
    capabilities: { ...storage.capabilities, shared: true },
    commit: (units) => {
      onCommit()
      return storage.commit(units)
    },
  }
}

/** Has one event written. @returns the first word on it */
function putOnce(cycle: WriteCycle, id: string): Promise<string> {
  const entity = { tenant: 'default', type: 'Task', id }
  const event = {
    ...entity,
    sequence: 1,
    eventId: id,
    action: 'Created',
    from: '',
    to: 'New',
    params: {},
    effects: [],
    at: 0,
    specHash: '',
    specVersion: 1,
  }
  const contents = { blobs: [], claims: [], releases: [] }
  const unit = { entity, expectedVersion: 0, events: [event], status: 'New', ...contents }
  return new Promise((resolve) => {
    cycle.put({
      takeUnit: (room) => (room.take(100) ? unit : undefined),
      committed: () => resolve('committed'),
      conflicted: () => resolve('conflicted'),
      failed: () => resolve('failed'),
    })
  })
}
