import { describe, expect, it } from 'vitest'
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
})
