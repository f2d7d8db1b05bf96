// Reading the log as an async iterable: each event once, no further ahead than one page, and an end when one is wanted.
import { StorageError, subscribe } from '@perdure/core'
import type { LogEntry, LogPage, LogRange, Storage } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'
import { VirtualClock } from '@perdure/testkit'
import { describe, expect, it } from 'vitest'
import { append, overriding } from './helpers.ts'

/** Takes entries until there are so many. */
async function take(entries: AsyncIterable<LogEntry>, count: number): Promise<bigint[]> {
  const taken: bigint[] = []
  for await (const { position } of entries) {
    taken.push(position)
    if (taken.length === count) break
  }
  return taken
}

describe('subscribe', () => {
  it('gives every event once and in order, those that come while it waits, too', async () => {
    const storage = openMemoryStorage()
    const clock = new VirtualClock()
    await append(storage, 'a', 3)
    const taken = take(subscribe(storage, { clock, batch: 2 }), 5)
    await clock.settle()
    await append(storage, 'b', 1)
    await clock.settle()
    await append(storage, 'c', 1)
    expect(await taken).toEqual([1n, 2n, 3n, 4n, 5n])
    expect(clock.pending, 'timers left behind').toBe(0)
  })

  it('goes on behind the position it is given, or behind the head', async () => {
    const storage = openMemoryStorage()
    const clock = new VirtualClock()
    await append(storage, 'a', 3)
    expect(await take(subscribe(storage, { clock, after: 2n }), 1)).toEqual([3n])
    const fresh = take(subscribe(storage, { clock, after: 'now' }), 1)
    await clock.settle()
    await append(storage, 'b', 1)
    expect(await fresh).toEqual([4n])
  })

  it('passes over what it was not asked for', async () => {
    const storage = openMemoryStorage()
    const clock = new VirtualClock()
    for (const id of ['a', 'b', 'c', 'd']) await append(storage, id, 1, id < 'c' ? 'Left' : 'Right')
    expect(await take(subscribe(storage, { clock, types: ['Right'], batch: 1 }), 2)).toEqual([3n, 4n])
  })

  it('looks for itself now and then, when no news comes', async () => {
    const clock = new VirtualClock()
    const storage = overriding(openMemoryStorage(), (sound) => ({
      watchLog: async () => {
        const watch = await sound.watchLog()
        return {
          changed: (_after, signal) => watch.changed(2n ** 63n, signal),
          close: () => watch.close(),
        }
      },
    }))
    const taken = take(subscribe(storage, { clock, pollIntervalMs: 700 }), 1)
    await clock.settle()
    await append(storage, 'a', 1)
    await clock.advance(699)
    expect(clock.pending).toBe(1)
    await clock.advance(1)
    expect(await taken).toEqual([1n])
  })

  it('reads no page before the last one is taken', async () => {
    const clock = new VirtualClock()
    const ranges: LogRange[] = []
    const storage = overriding(openMemoryStorage(), (sound) => ({
      readLog: (range): Promise<LogPage> => {
        ranges.push(range)
        return sound.readLog(range)
      },
    }))
    await append(storage, 'a', 9)
    const entries = subscribe(storage, { clock, batch: 3 })
    for (let taken = 1; taken <= 9; taken++) {
      await entries.next()
      await clock.settle()
      expect(ranges.length).toBe(Math.ceil(taken / 3))
    }
    expect(ranges.every(({ limit }) => limit === 3)).toBe(true)
    await entries.return()
  })

  it('ends with its signal, in the middle of a page and while it waits', async () => {
    const storage = openMemoryStorage()
    const clock = new VirtualClock()
    await append(storage, 'a', 3)
    for (const stopAt of [1, 3]) {
      const given = new AbortController()
      const seen: bigint[] = []
      const reading = (async () => {
        for await (const { position } of subscribe(storage, { clock, signal: given.signal })) {
          seen.push(position)
          if (seen.length === stopAt && stopAt < 3) given.abort()
        }
      })()
      await clock.settle()
      given.abort()
      await reading
      expect(seen).toHaveLength(stopAt)
      expect(clock.pending).toBe(0)
    }
  })

  it('reads nothing when its signal has fired before', async () => {
    const storage = openMemoryStorage()
    await append(storage, 'a', 1)
    const entries = subscribe(storage, { signal: AbortSignal.abort() })
    expect(await entries.next()).toEqual({ done: true, value: undefined })
  })

  it('ends when the storage is closed', async () => {
    const storage = openMemoryStorage()
    const clock = new VirtualClock()
    const next = subscribe(storage, { clock }).next()
    await clock.settle()
    await storage.close()
    expect(await next).toEqual({ done: true, value: undefined })
    expect(clock.pending).toBe(0)
  })

  it('lives through a storage that is away, and misses nothing', async () => {
    const clock = new VirtualClock()
    let calls = 0
    const away = async <Result>(call: () => Promise<Result>): Promise<Result> => {
      if (calls++ % 2 === 0) throw new StorageError('storage_unavailable', 'planned')
      return call()
    }
    const storage: Storage = overriding(openMemoryStorage(), (sound) => ({
      readLog: (range) => away(() => sound.readLog(range)),
    }))
    await append(storage, 'a', 9)
    const taken = take(subscribe(storage, { clock, batch: 1, random: { next: () => 0.5 } }), 9)
    await clock.advance(60_000)
    expect(await taken).toEqual(Array.from({ length: 9 }, (_, index) => BigInt(index + 1)))
  })

  it('throws what trying again does not mend, as the error it is', async () => {
    const storage = overriding(openMemoryStorage(), () => ({
      readLog: () => Promise.reject(new StorageError('corrupt_stream', 'planned')),
    }))
    await expect(subscribe(storage).next()).rejects.toMatchObject({ code: 'corrupt_stream' })
  })
})
