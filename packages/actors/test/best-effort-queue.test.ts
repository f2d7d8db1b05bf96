// The bounds of the writes that nobody waits for: what is kept, what is dropped, and that it is told.
import { silentLogger } from '@perdure/core'
import { describe, expect, it } from 'vitest'
import { defaultRetryPolicy } from '../src/index.ts'
import { BestEffortQueue } from '../src/persistence/best-effort-queue.ts'
import type { BestEffortWrite } from '../src/persistence/best-effort-queue.ts'
import { turn, VirtualClock } from './helpers/virtual-clock.ts'

function start(maxEntries: number) {
  const clock = new VirtualClock()
  const random = { next: () => 0.5 }
  const queue = new BestEffortQueue({
    clock,
    random,
    logger: silentLogger,
    retry: defaultRetryPolicy,
    maxEntries,
  })
  const stored: string[] = []
  let isAway = true
  const write = (key: string, what: string): BestEffortWrite => ({
    operation: 'snapshot',
    about: key,
    key,
    run: async () => {
      if (isAway) throw new Error('away')
      stored.push(what)
    },
  })
  return { queue, clock, stored, write, comeBack: () => (isAway = false) }
}

describe('a full queue of best-effort writes', () => {
  it('drops what is new and counts it, and keeps what it has', async () => {
    const { queue, stored, write, comeBack } = start(2)
    for (const key of ['a', 'b', 'c', 'd']) queue.put(write(key, key))
    await turn()
    expect(queue).toMatchObject({ size: 2, dropped: 2 })
    expect(queue.dirty.map(({ about }) => about)).toEqual(['a', 'b'])
    comeBack()
    await queue.flush()
    expect(stored).toEqual(['a', 'b'])
    expect(queue).toMatchObject({ size: 0, dropped: 2, dirty: [] })
  })

  it('takes the newest write of what it holds already', async () => {
    const { queue, stored, write, comeBack } = start(2)
    for (const key of ['a', 'b']) queue.put(write(key, `old ${key}`))
    await turn()
    queue.put(write('a', 'new a'))
    expect(queue).toMatchObject({ size: 2, dropped: 0 })
    comeBack()
    await queue.flush()
    expect(stored).toEqual(['new a', 'old b'])
  })

  it('has room again when something is stored', async () => {
    const { queue, stored, write, comeBack, clock } = start(1)
    queue.put(write('a', 'a'))
    await turn()
    comeBack()
    await clock.advance(defaultRetryPolicy.capMs)
    queue.put(write('b', 'b'))
    await turn()
    expect(stored).toEqual(['a', 'b'])
    expect(queue.dropped).toBe(0)
  })
})
