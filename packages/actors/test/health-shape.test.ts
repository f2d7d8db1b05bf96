// The shape of `health()`, whole, in each state it is read in: what a dashboard or an alert is built on does not change unseen.
import { describe, expect, it } from 'vitest'
import type { HostHealth } from '../src/index.ts'
import { startHost } from './helpers/start-host.ts'
import { turn } from './helpers/virtual-clock.ts'

/** A host that has stored one task, and nothing else. */
const calm: HostHealth = {
  state: 'running',
  processed: 1,
  committed: 1,
  oldestWaitingMs: null,
  queue: { entries: 0, bytes: 0, waiting: 0, bytesWaiting: 0, behind: 0 },
  loads: { underWay: 0, waiting: 0 },
  degraded: [],
  quarantined: [],
  consumers: [],
  ownership: null,
  discardedSnapshots: 0,
  counters: {
    processed: 1,
    committed: 1,
    discarded: 0,
    commits: 1,
    retries: 0,
    conflicts: 0,
    acknowledgedLost: 0,
    snapshots: 0,
    droppedBehind: 0,
  },
}

/** As it is sent. */
function sent(health: HostHealth): unknown {
  return JSON.parse(JSON.stringify(health))
}

const retry = { baseMs: 10, capMs: 10, budgetMs: 100 }

describe('health, as JSON', () => {
  it('of a host that works', async () => {
    const { host, task } = await startHost()
    await task('t-1')
    expect(sent(host.health())).toEqual(calm)
  })

  it('of a host whose storage stalls shows what waits, and since when', async () => {
    const { host, task, storage, clock } = await startHost({ maxCommandsInFlight: 2 })
    const ref = await task('t-1')
    const held = storage.hold('commit')
    const asked = [1, 2, 3].map((amount) => ref.ask('Add', { amount }))
    await held.arrived
    await clock.advance(1_500)
    expect(sent(host.health())).toEqual({
      ...calm,
      processed: 3,
      oldestWaitingMs: 1_500,
      queue: { entries: 2, bytes: 2 * 276, waiting: 1, bytesWaiting: 276, behind: 0 },
      counters: { ...calm.counters, processed: 3 },
    })
    held.release()
    await Promise.all(asked)
    expect(host.health()).toMatchObject({ state: 'running', committed: 4, oldestWaitingMs: null })
  })

  it('of a host whose storage is away is degraded, and says by what', async () => {
    const { host, task, storage, clock } = await startHost({ retry })
    const ref = await task('t-1')
    storage.fail('commit', 'storage_unavailable', 2)
    const asked = ref.ask('Add', { amount: 1 })
    await turn()
    expect(sent(host.health())).toEqual({
      ...calm,
      state: 'degraded',
      processed: 2,
      oldestWaitingMs: 0,
      queue: { ...calm.queue, entries: 1, bytes: 276 },
      degraded: [{ operation: 'append', code: 'storage_unavailable', message: 'commit was made to fail' }],
      counters: { ...calm.counters, processed: 2, retries: 1 },
    })
    await clock.advance(100)
    await asked
    expect(host.health()).toMatchObject({ state: 'running', degraded: [] })
  })

  it('of a host with writes behind and an entity in quarantine names them', async () => {
    const { host, task, storage, clock } = await startHost({ retry })
    const ref = await task('t-1')
    storage.fail('saveSnapshot', 'storage_failed', 1)
    for (let count = 0; count < 3; count++) await ref.ask('Add', { amount: 1 })
    await turn()
    host.passivate('Task', 't-1')
    storage.fail('load', 'corrupt_stream', 1)
    await expect(ref.ask('Start')).rejects.toMatchObject({ code: 'corrupt_stream' })
    expect(sent(host.health())).toEqual({
      ...calm,
      state: 'degraded',
      processed: 4,
      committed: 4,
      queue: { ...calm.queue, behind: 1 },
      degraded: [
        {
          operation: 'snapshot',
          about: 'Task/t-1',
          code: 'storage_failed',
          message: 'saveSnapshot was made to fail',
        },
      ],
      quarantined: [
        {
          tenant: 'default',
          type: 'Task',
          id: 't-1',
          kind: 'unreadable',
          code: 'corrupt_stream',
          message: 'load was made to fail',
          since: clock.now(),
        },
      ],
      counters: { ...calm.counters, processed: 4, committed: 4, commits: 4 },
    })
  })

  it('of a host that has given up writing is failed, and says why', async () => {
    const { host, task, storage, clock } = await startHost({ retry })
    const ref = await task('t-1')
    storage.fail('commit', 'storage_unavailable', 1_000)
    const asked = ref.tryAsk('Add', { amount: 1 })
    await clock.advance(200)
    expect(await asked).toMatchObject({ ok: false, error: { code: 'unavailable' } })
    const { counters, ...health } = sent(host.health()) as HostHealth
    const { counters: calmCounters, ...rest } = calm
    expect(health).toEqual({
      ...rest,
      state: 'failed',
      processed: 2,
      degraded: [{ operation: 'append', code: 'storage_unavailable', message: 'commit was made to fail' }],
    })
    expect(counters).toEqual({
      ...calmCounters,
      processed: 2,
      discarded: 1,
      retries: expect.any(Number) as number,
    })
  })
})
