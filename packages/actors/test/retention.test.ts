// Retention beside the work of a host: when it happens, how it fails, and how it ends.
import { hashContent } from '@perdure/core'
import type { Storage, SweepOptions } from '@perdure/core'
import { describe, expect, it } from 'vitest'
import type { HostOptions, RetentionOptions } from '../src/index.ts'
import { startHost, watch } from './helpers/start-host.ts'
import type { TestHost } from './helpers/start-host.ts'
import { long, taskSpec } from './helpers/task-spec.ts'
import { startTidyHost } from './snippets/retention.ts'

const hour = 3_600_000

/** A host that sweeps every hour, give or take what `random` says: 0.5 is just that. */
function startSweeping(
  retention: RetentionOptions | false | undefined = {},
  options: Partial<HostOptions> = {},
): Promise<TestHost> {
  return startHost({ ...(retention === undefined ? {} : { retention }), ...options })
}

/** Stores content that nothing refers to. */
async function leaveOrphan(storage: Storage, text = 'content'): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(text))
  const blob = { hash: hashContent(bytes), size: bytes.length, bytes }
  const entity = { tenant: 'default', type: 'Task', id: `with ${text}` }
  const event = { sequence: 1, eventId: `e ${text}`, action: 'Created', from: '', to: 'Open', params: {} }
  const unit = {
    entity,
    expectedVersion: 0,
    events: [{ ...entity, ...event, effects: [], at: 1, specHash: 'spec', specVersion: 1 }],
    status: 'Open',
    blobs: [blob],
    claims: [],
    releases: [],
  }
  await storage.commit([unit])
}

const sweepsOf = ({ storage }: TestHost) => storage.calls.get('sweep') ?? 0

describe('retention in a host', () => {
  it('comes every hour when nothing is said, the first time after an hour too', async () => {
    const started = await startSweeping(undefined)
    await started.clock.advance(hour - 1)
    expect(sweepsOf(started)).toBe(0)
    await started.clock.advance(1)
    expect(sweepsOf(started)).toBe(1)
    await started.clock.advance(hour)
    expect(sweepsOf(started)).toBe(2)
  })

  it('lets each wait be between half and one and a half of the interval', async () => {
    const draws = [0, 0.999_999, 0]
    const started = await startSweeping(
      { sweepIntervalMs: hour },
      { random: { next: () => draws.shift() ?? 0.5 } },
    )
    await started.clock.advance(hour / 2)
    expect(sweepsOf(started)).toBe(1)
    await started.clock.advance(1.5 * hour - 5)
    expect(sweepsOf(started)).toBe(1)
    await started.clock.advance(5)
    expect(sweepsOf(started)).toBe(2)
  })

  it('deletes what nothing refers to, after the grace period', async () => {
    const started = await startSweeping({ graceMs: 2 * hour })
    await leaveOrphan(started.memory)
    await started.clock.advance(2 * hour)
    expect((await started.memory.stats()).orphanedBlobs).toBe(1)
    await started.clock.advance(hour)
    expect((await started.memory.stats()).blobs).toBe(0)
  })

  it('prunes instead of sweeping when it has limits, and warns of a cap that is not met', async () => {
    const started = await startSweeping({ prune: { maxAgeMs: 30 * 24 * hour, maxStoredBytes: 100 } })
    const task = await started.task('t-1', { note: long('x') })
    expect((await task.state()).refs['note']).toBeDefined()
    await started.clock.advance(hour)
    expect(started.storage.calls.get('prune')).toBe(1)
    expect(started.log.filter(({ level }) => level === 'warn')).toMatchObject([
      { facts: { maxStoredBytes: 100, unmetBytes: 2 }, message: expect.stringContaining('cap') as string },
    ])
  })

  it('logs what fails and tries again at the next interval; nobody else notices', async () => {
    const started = await startSweeping()
    await leaveOrphan(started.memory)
    started.storage.fail('sweep', 'storage_unavailable')
    await started.clock.advance(hour)
    expect(started.log.map(({ level, message }) => ({ level, message }))).toEqual([
      { level: 'warn', message: 'a sweep failed; the next interval tries again' },
    ])
    expect(started.errors).toEqual([])
    expect(started.host.health()).toMatchObject({ state: 'degraded', degraded: [{ operation: 'sweep' }] })
    await started.task('t-1')
    await started.clock.advance(hour)
    expect(started.host.health()).toMatchObject({ state: 'running', degraded: [] })
    expect((await started.memory.stats()).orphanedBlobs).toBe(1)
  })

  it('does not begin another sweep while one is under way, however long it takes', async () => {
    const started = await startSweeping()
    const held = started.storage.hold('sweep')
    await started.clock.advance(10 * hour)
    expect(sweepsOf(started)).toBe(1)
    held.release()
    await started.clock.advance(hour)
    expect(sweepsOf(started)).toBe(2)
  })

  it('is left to others with retention: false', async () => {
    const started = await startSweeping(false)
    await started.clock.advance(100 * hour)
    expect(sweepsOf(started)).toBe(0)
  })

  it('ends with the host: no timer is left, and a sweep under way is told and waited for', async () => {
    const started = await startSweeping()
    let signal: AbortSignal | undefined
    let release = (): void => {}
    const released = new Promise<void>((resolve) => (release = resolve))
    started.storage.intervene('sweep', async (carryOut, [options]) => {
      signal = (options as SweepOptions).signal
      await released
      return carryOut()
    })
    await started.clock.advance(hour)
    const stopping = started.host.stop()
    const seen = watch(stopping)
    await started.clock.advance(1)
    expect(signal?.aborted).toBe(true)
    expect(seen.isSettled).toBe(false)
    release()
    await stopping
    expect(started.clock.timers).toBe(0)
    await started.clock.advance(100 * hour)
    expect(sweepsOf(started)).toBe(1)
  })

  it('keeps no process alive', async () => {
    const unrefs: (boolean | undefined)[] = []
    const clock = {
      now: () => 0,
      setTimeout: (_: () => void, __: number, options?: { readonly unref?: boolean }) =>
        unrefs.push(options?.unref),
      clearTimeout: () => {},
    }
    await startSweeping({}, { clock })
    expect(unrefs).toEqual([true])
  })

  it.each([
    [{ sweepIntervalMs: 59_999 }, 'retention.sweepIntervalMs'],
    [{ sweepIntervalMs: 1_209_600_001 }, 'retention.sweepIntervalMs'],
    [{ sweepIntervalMs: Number.NaN }, 'retention.sweepIntervalMs'],
    [{ graceMs: -1 }, 'retention.graceMs'],
    [{ prune: { maxAgeMs: -1 } }, 'retention.prune.maxAgeMs'],
    [{ prune: { maxStoredBytes: 0.5 } }, 'retention.prune.maxStoredBytes'],
  ])('is refused with %j', async (retention, option) => {
    await expect(startSweeping(retention)).rejects.toMatchObject({
      code: 'invalid_option',
      details: { option },
    })
  })

  it('is set up as the guide shows', async () => {
    const { memory } = await startSweeping(false)
    await using host = await startTidyHost({ specs: [taskSpec], storage: memory })
    expect(host.residents).toBe(0)
  })

  it('is taken up to the ends of what an interval may be', async () => {
    for (const sweepIntervalMs of [60_000, 1_209_600_000]) await startSweeping({ sweepIntervalMs })
  })
})
