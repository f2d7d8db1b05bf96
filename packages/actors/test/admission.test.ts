import { describe, expect, it } from 'vitest'
import { Admission } from '../src/host/admission.ts'
import { startHost } from './helpers/start-host.ts'
import { turn } from './helpers/virtual-clock.ts'

describe('admission', () => {
  it('lets as many in as it may and the others in their order', async () => {
    const admission = new Admission(2)
    expect([admission.enter(), admission.enter()]).toEqual([undefined, undefined])
    const order: string[] = []
    const waits = ['a', 'b', 'c'].map(async (name) => {
      await admission.enter()
      order.push(name)
    })
    await turn()
    expect(order).toEqual([])
    admission.leave()
    await turn()
    expect(order).toEqual(['a'])
    admission.leave()
    admission.leave()
    await Promise.all(waits)
    expect(order).toEqual(['a', 'b', 'c'])
  })

  it('gives no place to who has given up waiting', async () => {
    const admission = new Admission(1)
    void admission.enter()
    const giveUp = new AbortController()
    const first = admission.enter(giveUp.signal)
    const second = admission.enter()
    giveUp.abort(new Error('enough'))
    await expect(first).rejects.toThrow('enough')
    admission.leave()
    await second
    admission.leave()
    await admission.whenEmpty()
    expect(admission.enter()).toBeUndefined()
  })

  it('is empty when the last one has left, not before', async () => {
    const admission = new Admission(1)
    void admission.enter()
    void admission.enter()
    let isEmpty = false
    const emptied = admission.whenEmpty().then(() => (isEmpty = true))
    admission.leave()
    await turn()
    expect(isEmpty).toBe(false)
    admission.leave()
    await emptied
  })

  it('of a host holds commands back, and takes them in the order in which they were asked', async () => {
    const { task, storage } = await startHost({ maxCommandsInFlight: 2 })
    const ref = await task('t-1')
    const held = storage.hold('commit')
    const asked = Array.from({ length: 9 }, (_, tag) => ref.ask('Tag', { tag: `${tag}` }))
    await held.arrived
    await turn()
    expect((await ref.state({ consistency: 'processed' })).version).toBe(3)
    held.release()
    await Promise.all(asked)
    expect((await ref.state()).lists['tags']).toEqual(Array.from({ length: 9 }, (_, tag) => `${tag}`))
  })
})
