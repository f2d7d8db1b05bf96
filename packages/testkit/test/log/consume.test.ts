// Named consumers on the memory storage, under a clock that tests move: what they hand out, what they remember of failures,
// and who works when several could.
import { consume, StorageError } from '@perdure/core'
import type { ConsumeOptions, Consumer, ConsumerState, LogEntry, Storage } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'
import { VirtualClock } from '@perdure/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { append, overriding } from './helpers.ts'

/** A storage, a clock, and consumers that are stopped after the test. */
function stage(storage: Storage = openMemoryStorage()) {
  const clock = new VirtualClock()
  let owners = 0
  const start = (options: Partial<ConsumeOptions>): Consumer => {
    const consumer = consume(storage, {
      name: 'totals',
      clock,
      random: { next: () => 0.999999 },
      owner: `owner-${++owners}`,
      ...options,
    } as ConsumeOptions)
    onTestFinished(() => consumer.stop())
    return consumer
  }
  const only = async (): Promise<ConsumerState | undefined> => (await storage.listConsumers())[0]
  return { storage, clock, start, only }
}

const positionsOf = (entries: readonly LogEntry[]): bigint[] => entries.map(({ position }) => position)

describe('a consumer', () => {
  it('is handed every event in order, in batches, the next when the last is done', async () => {
    const { storage, clock, start, only } = stage()
    await append(storage, 'a', 5)
    const batches: bigint[][] = []
    let release = (): void => {}
    start({
      batch: 2,
      handler: (entries) => {
        batches.push(positionsOf(entries))
        return new Promise<void>((resolve) => (release = resolve))
      },
    })
    await clock.settle()
    expect(batches).toEqual([[1n, 2n]])
    expect((await only())?.position, 'before the handler is done').toBe(0n)
    release()
    await clock.settle()
    expect((await only())?.position).toBe(2n)
    release()
    await clock.settle()
    release()
    await clock.settle()
    await append(storage, 'b', 1)
    await clock.settle()
    release()
    expect(batches).toEqual([[1n, 2n], [3n, 4n], [5n], [6n]])
  })

  it('goes on from its checkpoint, whoever had it before', async () => {
    const { storage, clock, start, only } = stage()
    await append(storage, 'a', 3)
    const seen: bigint[] = []
    const handler = (entries: readonly LogEntry[]) => void seen.push(...positionsOf(entries))
    const first = start({ handler })
    await clock.settle()
    await first.stop()
    await append(storage, 'b', 2)
    start({ handler })
    await clock.settle()
    expect(seen).toEqual([1n, 2n, 3n, 4n, 5n])
    expect(await only()).toMatchObject({ position: 5n, lag: 0n })
  })

  it('starts at the start, behind the head, or behind a position, when its name is new', async () => {
    const { storage, clock, start } = stage()
    await append(storage, 'a', 3)
    const seen = new Map<string, bigint[]>()
    for (const [name, from] of [
      ['default', undefined],
      ['start', 'start'],
      ['now', 'now'],
      ['renamed', 2n],
    ] as const)
      start({
        name,
        ...(from === undefined ? {} : { from }),
        handler: (entries) => void seen.set(name, [...(seen.get(name) ?? []), ...positionsOf(entries)]),
      })
    await clock.settle()
    await append(storage, 'b', 1)
    await clock.settle()
    expect(seen.get('default')).toEqual([1n, 2n, 3n, 4n])
    expect(seen.get('start')).toEqual([1n, 2n, 3n, 4n])
    expect(seen.get('now')).toEqual([4n])
    expect(seen.get('renamed')).toEqual([3n, 4n])
  })

  it('moves its checkpoint past what does not concern it', async () => {
    const { storage, clock, start, only } = stage()
    await append(storage, 'a', 3, 'Left')
    const seen: bigint[] = []
    start({ types: ['Right'], handler: (entries) => void seen.push(...positionsOf(entries)) })
    await clock.advance(3_000)
    expect(await only()).toMatchObject({ position: 3n, lag: 0n })
    await append(storage, 'b', 1, 'Right')
    await clock.settle()
    expect(seen).toEqual([4n])
  })

  it('tries a failing batch again after waits that double, event by event, and keeps count in the storage', async () => {
    const { storage, clock, start, only } = stage()
    await append(storage, 'a', 5)
    const tries: { readonly at: number; readonly positions: bigint[]; readonly attempt: number }[] = []
    const begin = clock.now()
    let isMended = false
    start({
      retry: { baseMs: 100, capMs: 300 },
      handler: (entries, { attempt }) => {
        tries.push({ at: clock.now() - begin, positions: positionsOf(entries), attempt })
        if (!isMended && entries.some(({ position }) => position === 3n)) throw new TypeError('not 3')
      },
    })
    await clock.settle()
    expect(await only()).toMatchObject({
      position: 0n,
      attempts: 1,
      nextAttemptAt: begin + 99,
      lastError: 'positions 1 to 5: TypeError: not 3',
    })
    await clock.advance(1_000)
    expect(await only()).toMatchObject({ position: 2n, lastError: 'position 3: TypeError: not 3' })
    isMended = true
    await clock.advance(1_000)
    expect(await only()).toMatchObject({ position: 5n, attempts: 0 })
    expect(await only()).not.toHaveProperty('lastError')
    expect(tries.map(({ positions }) => positions.join())).toEqual([
      '1,2,3,4,5',
      '1',
      '2',
      ...Array.from({ length: tries.length - 5 }, () => '3'),
      '4',
      '5',
    ])
    const failures = tries.filter(({ positions }) => positions.includes(3n))
    const waits = failures.slice(2).map(({ at }, index) => at - (failures[index + 1]?.at ?? 0))
    expect(waits.slice(0, 4)).toEqual([99, 199, 299, 299])
    expect(failures.slice(1).map(({ attempt }) => attempt)).toEqual(
      failures.slice(1).map((_, index) => index + 1),
    )
  })

  it('is blocked after its last try, and goes on when it is reset', async () => {
    const { storage, clock, start, only } = stage()
    await append(storage, 'a', 2)
    let tries = 0
    let isMended = false
    const seen: bigint[] = []
    start({
      retry: { baseMs: 10, capMs: 10, maxAttempts: 3 },
      handler: (entries) => {
        tries++
        if (!isMended) throw new Error('no')
        seen.push(...positionsOf(entries))
      },
    })
    await clock.advance(600_000)
    expect(tries).toBe(3)
    expect(await only()).toMatchObject({
      position: 0n,
      lag: 2n,
      attempts: 3,
      lastError: 'position 1: Error: no',
    })
    expect((await only())?.blockedAt).toBeDefined()
    isMended = true
    await storage.resetConsumer('totals', { now: clock.now() })
    await clock.advance(60_000)
    expect(seen).toEqual([1n, 2n])
    expect(await only()).toMatchObject({ position: 2n, attempts: 0 })
  })

  it('starts over when it is reset to the start, also while it works', async () => {
    const { storage, clock, start } = stage()
    await append(storage, 'a', 2)
    const seen: bigint[] = []
    start({ handler: (entries) => void seen.push(...positionsOf(entries)) })
    await clock.settle()
    await storage.resetConsumer('totals', { to: 0n, now: clock.now() })
    await clock.advance(60_000)
    expect(seen).toEqual([1n, 2n, 1n, 2n])
  })

  it('works in one place at a time, and elsewhere when that is gone', async () => {
    const { storage, clock, start } = stage()
    const seen: string[] = []
    const one = start({ handler: (entries) => void seen.push(`one ${positionsOf(entries).join()}`) })
    await clock.settle()
    start({ handler: (entries) => void seen.push(`two ${positionsOf(entries).join()}`) })
    await append(storage, 'a', 1)
    await clock.advance(60_000)
    await one.stop()
    await clock.advance(60_000)
    await append(storage, 'b', 1)
    await clock.settle()
    expect(seen).toEqual(['one 1', 'two 2'])
  })

  it('keeps its work for as long as its handler takes', async () => {
    const { storage, clock, start } = stage()
    await append(storage, 'a', 1)
    const seen: string[] = []
    let release = (): void => {}
    start({
      leaseMs: 1_000,
      handler: () => {
        seen.push('one')
        return new Promise<void>((resolve) => (release = resolve))
      },
    })
    await clock.settle()
    start({ leaseMs: 1_000, handler: () => void seen.push('two') })
    await clock.advance(20_000)
    release()
    await clock.advance(20_000)
    expect(seen).toEqual(['one'])
  })

  it('tells its handler when its work was taken away, and stores nothing of it', async () => {
    const { storage, clock, start, only } = stage()
    await append(storage, 'a', 1)
    let isTold = false
    let tries = 0
    start({
      handler: (_entries, { signal }) => {
        if (++tries > 1) return undefined
        return new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            isTold = true
            resolve()
          })
        })
      },
    })
    await clock.settle()
    await storage.resetConsumer('totals', { to: 0n, now: clock.now() })
    await clock.advance(60_000)
    expect(isTold).toBe(true)
    expect(tries).toBe(2)
    expect(await only()).toMatchObject({ position: 1n, attempts: 0 })
  })

  it('waits for its handler when it stops, keeps what that has done and counts no failure of one that gives up', async () => {
    const { storage, clock, start, only } = stage()
    await append(storage, 'a', 1)
    let finish = (): void => {}
    const one = start({ handler: () => new Promise<void>((resolve) => (finish = resolve)) })
    await clock.settle()
    const stopped = one.stop()
    finish()
    await stopped
    expect(await only()).toMatchObject({ position: 1n, attempts: 0 })
    expect(await only()).not.toHaveProperty('heldUntil')

    await append(storage, 'b', 1)
    const other = start({
      handler: (_entries, { signal }) =>
        new Promise<void>((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('given up')))
        }),
    })
    await clock.settle()
    await other.stop()
    expect(await only()).toMatchObject({ position: 1n, attempts: 0 })
    expect(clock.pending, 'timers left behind').toBe(0)
  })

  it('goes on from what is stored when the answer to a checkpoint is lost', async () => {
    const memory = openMemoryStorage()
    let losses = 3
    const lossy = overriding(memory, (sound) => ({
      advanceConsumer: async (advance, write) => {
        const isDone = await sound.advanceConsumer(advance, write)
        if (losses-- > 0) throw new StorageError('outcome_unknown', 'planned')
        return isDone
      },
    }))
    const { clock, start, only } = stage(lossy)
    await append(memory, 'a', 3)
    const written: bigint[] = []
    start({
      batch: 1,
      project: (_transaction, entries) => void written.push(...positionsOf(entries)),
    })
    await clock.advance(60_000)
    expect(written).toEqual([1n, 2n, 3n])
    expect(await only()).toMatchObject({ position: 3n, attempts: 0 })
  })

  it('outlives a storage that is away, and ends with one that is closed', async () => {
    const memory = openMemoryStorage()
    let isAway = true
    const gone = async <Result>(call: () => Promise<Result>): Promise<Result> => {
      if (isAway) throw new StorageError('storage_unavailable', 'planned')
      return call()
    }
    const storage = overriding(memory, (sound) => ({
      claimConsumer: (claim) => gone(() => sound.claimConsumer(claim)),
      readLog: (range) => gone(() => sound.readLog(range)),
      advanceConsumer: (advance, write) => gone(() => sound.advanceConsumer(advance, write)),
    }))
    const { clock, start } = stage(storage)
    await append(memory, 'a', 1)
    const seen: bigint[] = []
    const consumer = start({ handler: (entries) => void seen.push(...positionsOf(entries)) })
    await clock.advance(120_000)
    expect(seen).toEqual([])
    isAway = false
    await clock.advance(60_000)
    expect(seen).toEqual([1n])
    isAway = true
    await clock.advance(120_000)
    isAway = false
    await append(memory, 'b', 1)
    await clock.advance(60_000)
    expect(seen).toEqual([1n, 2n])
    await storage.close()
    await clock.advance(60_000)
    await consumer.stop()
    expect(clock.pending).toBe(0)
  })

  it('shows what cannot be read as a failure of its own', async () => {
    const memory = openMemoryStorage()
    const storage = overriding(memory, () => ({
      readLog: () => Promise.reject(new StorageError('corrupt_stream', 'position 3 is damaged')),
    }))
    const { clock, start, only } = stage(storage)
    start({ handler: () => {}, retry: { maxAttempts: 2 } })
    await clock.advance(60_000)
    expect(await only()).toMatchObject({ attempts: 2, lastError: 'StorageError: position 3 is damaged' })
    expect((await only())?.blockedAt).toBeDefined()
  })

  it.each([
    [{ name: '' }, 'name'],
    [{ name: 'with\0nul' }, 'name'],
    [{ from: -1n }, 'from'],
    [{ batch: 0 }, 'batch'],
    [{ leaseMs: 1.5 }, 'leaseMs'],
    [{ retry: { maxAttempts: 0 } }, 'maxAttempts'],
  ])('refuses %o before it starts', (options, option) => {
    expect(() => consume(openMemoryStorage(), { name: 'totals', handler: () => {}, ...options })).toThrow(
      expect.objectContaining({ code: 'invalid_option', details: { option } }),
    )
  })
})
