// How many entities a host reads at once, whoever asks: commands and reads alike.
import { describe, expect, it } from 'vitest'
import type { HostOptions } from '../src/index.ts'
import { startHost, watch } from './helpers/start-host.ts'
import type { TestHost } from './helpers/start-host.ts'
import { turn } from './helpers/virtual-clock.ts'

/** Tasks in storage and none in memory, on a host that reads so many at once. */
async function stage(ids: readonly string[], options: Partial<HostOptions>): Promise<TestHost> {
  const before = await startHost()
  for (const id of ids) await before.task(id)
  await before.host.stop()
  return before.another(options)
}

/** Counts loads under way, and how many there were at most. */
function countLoads(
  { storage }: TestHost,
  loads: number,
): { now: number; most: number; readonly order: string[] } {
  const seen = { now: 0, most: 0, order: [] as string[] }
  for (let index = 0; index < loads; index++) {
    storage.intervene('load', async (carryOut, [entity]) => {
      seen.order.push((entity as { readonly id: string }).id)
      seen.most = Math.max(seen.most, ++seen.now)
      await turn()
      const loaded = await carryOut()
      seen.now--
      return loaded
    })
  }
  return seen
}

const ids = Array.from({ length: 20 }, (_, index) => `t-${index}`)

describe('loads of a host', () => {
  it.each(['commands first', 'reads first'])('are so many at once at most, in order: %s', async (order) => {
    const host = await stage(ids, { maxConcurrentLoads: 3 })
    const seen = countLoads(host, ids.length)
    const asks = (id: string) => host.host.entity('Task', id).ask('Start')
    const reads = (id: string) => host.host.entity('Task', id).state()
    const [first, second] = order === 'commands first' ? [asks, reads] : [reads, asks]
    await Promise.all(ids.map((id, index) => (index % 2 === 0 ? first(id) : second(id))))
    expect(seen).toMatchObject({ now: 0, most: 3, order: ids })
    expect(host.host.health().loads).toEqual({ underWay: 0, waiting: 0 })
  })

  it('of one entity are one, whoever asks for it while it waits and while it is read', async () => {
    const host = await stage(['busy', 't-1'], { maxConcurrentLoads: 1 })
    const held = host.storage.hold('load')
    const busy = host.host.entity('Task', 'busy').state()
    await held.arrived
    const ref = host.host.entity('Task', 't-1')
    const all = [ref.state(), ref.ask('Start'), ref.readField('count')]
    await turn()
    expect(host.host.health().loads).toEqual({ underWay: 1, waiting: 1 })
    const own = host.storage.hold('load')
    held.release()
    await busy
    await own.arrived
    all.push(ref.state(), ref.ask('Tag', { tag: 'x' }))
    own.release()
    await Promise.all(all)
    expect(host.storage.calls.get('load')).toBe(2)
  })

  it('that fail let the next in', async () => {
    const host = await stage(['a', 'b'], { maxConcurrentLoads: 1 })
    host.storage.fail('load', 'corrupt_stream')
    const [a, b] = await Promise.allSettled(['a', 'b'].map((id) => host.host.entity('Task', id).state()))
    expect(a).toMatchObject({ status: 'rejected', reason: { code: 'corrupt_stream' } })
    expect(b).toMatchObject({ status: 'fulfilled', value: { version: 1 } })
  })

  it('that are tried again keep nobody out meanwhile', async () => {
    const host = await stage(['a', 'b'], { maxConcurrentLoads: 1 })
    host.storage.fail('load', 'storage_unavailable')
    const a = host.host.entity('Task', 'a').state()
    await host.host.entity('Task', 'b').state()
    expect(watch(a).isSettled).toBe(false)
    await host.clock.advance(10_000)
    expect((await a).version).toBe(1)
  })

  it('wait no longer for their turn than for an answer', async () => {
    const host = await stage(['a', 'b'], { maxConcurrentLoads: 1, retry: { answerMs: 1_000, budgetMs: 0 } })
    host.storage.intervene('load', () => new Promise(() => {}))
    const outcomes = Promise.allSettled(['a', 'b'].map((id) => host.host.entity('Task', id).state()))
    await host.clock.advance(1_000)
    expect(await outcomes).toMatchObject([
      { status: 'rejected', reason: { code: 'unavailable' } },
      { status: 'rejected', reason: { code: 'unavailable' } },
    ])
    expect(host.storage.calls.get('load'), 'b was not even tried').toBe(1)
    expect(host.host.health().loads.waiting).toBe(0)
  })

  it('leave the line with the last who wants them, of those who ask and those who read', async () => {
    const host = await stage(['busy', 'a', 'b'], { maxConcurrentLoads: 1 })
    const held = host.storage.hold('load')
    const busy = host.host.entity('Task', 'busy').state()
    await held.arrived
    const [asks, reads] = [new AbortController(), new AbortController()]
    const a = host.host.entity('Task', 'a')
    const asked = a.ask('Start', {}, { signal: asks.signal }).catch((error: Error) => error.message)
    const read = a.state({ signal: reads.signal }).catch((error: Error) => error.message)
    const b = host.host.entity('Task', 'b').state()
    await turn()
    expect(host.host.health().loads).toEqual({ underWay: 1, waiting: 2 })
    asks.abort(new Error('enough asked'))
    await turn()
    expect(await asked).toBe('enough asked')
    expect(host.host.health()).toMatchObject({ loads: { waiting: 2 }, queue: { entries: 0 } })
    reads.abort(new Error('enough read'))
    await turn()
    expect(await read).toBe('enough read')
    expect(host.host.health().loads).toEqual({ underWay: 1, waiting: 1 })
    held.release()
    await Promise.all([busy, b])
    expect(host.storage.calls.get('load')).toBe(2)
    expect((await a.state()).status, 'what was not decided is not carried out').toBe('Open')
  })

  it('that were given up are begun again for whoever comes at that moment', async () => {
    const host = await stage(['busy', 'a'], { maxConcurrentLoads: 1 })
    const held = host.storage.hold('load')
    const busy = host.host.entity('Task', 'busy').state()
    await held.arrived
    const gone = new AbortController()
    const a = host.host.entity('Task', 'a')
    const asked = a.ask('Start', {}, { signal: gone.signal }).catch((error: Error) => error.message)
    await turn()
    gone.abort(new Error('enough'))
    const [read, again] = [a.state(), a.ask('Start')]
    held.release()
    expect(await asked).toBe('enough')
    expect((await read).version).toBe(1)
    expect((await again).event.sequence).toBe(2)
    await busy
  })

  it('let go of in the line do not keep a host from stopping', async () => {
    const host = await stage(['busy', 'a'], { maxConcurrentLoads: 1 })
    const held = host.storage.hold('load')
    const busy = host.host
      .entity('Task', 'busy')
      .state()
      .catch((error: { code: string }) => error.code)
    await held.arrived
    const asked = host.host.entity('Task', 'a').tryAsk('Start')
    await turn()
    const stopped = host.host.stop({ deadlineMs: 100 })
    await host.clock.advance(100)
    await stopped
    expect(await asked).toMatchObject({ ok: false, error: { code: 'host_stopped' } })
    expect(host.host.health().loads.waiting).toBe(0)
    held.release()
    expect(await busy).toBe('host_stopped')
  })
})
