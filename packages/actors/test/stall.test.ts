// A storage that stalls for a minute under ten times the load that a host takes on: what it holds meanwhile stays within its bounds
// plus one operation, and everything drains after.
import { expect, it } from 'vitest'
import type { HostOptions, TryAskResult } from '../src/index.ts'
import { startHost } from './helpers/start-host.ts'
import { turn } from './helpers/virtual-clock.ts'

const bounds = {
  maxCommandsInFlight: 100,
  maxBytesInFlight: 200_000,
  maxCommandsWaiting: 600,
  maxBytesWaiting: 1_500_000,
} satisfies Partial<HostOptions>
/** Payload and what a command takes beside it, as the host counts. */
const largest = 5_000 + 300

it.each([
  { what: 'large commands, which meet the bounds of bytes', bytes: 4_900 },
  { what: 'small commands, which meet the bounds of their number', bytes: 10 },
])('holds no more than it may while its storage stalls for a minute: $what', async ({ bytes }) => {
  const stage = await startHost(bounds)
  const tasks = await Promise.all(Array.from({ length: 20 }, (_, index) => stage.task(`t-${index}`)))
  const stalled = stage.storage.hold('commit')
  const asked: Promise<TryAskResult>[] = []
  const most = { entries: 0, bytes: 0, waiting: 0, bytesWaiting: 0 }
  const look = (): void => {
    const { queue } = stage.host.health()
    for (const name of Object.keys(most) as (keyof typeof most)[])
      most[name] = Math.max(most[name], queue[name])
  }
  // A second of virtual time, and a sixtieth of the load: ten times what may be on its way.
  for (let second = 0; second < 60; second++) {
    for (let index = 0; index < 17; index++) {
      const task = tasks[asked.length % tasks.length]
      if (task !== undefined) asked.push(task.tryAsk('Write', { note: 'x'.repeat(bytes + (index % 7)) }))
      look()
    }
    await stage.clock.advance(1_000)
    look()
  }
  expect(most.entries).toBeLessThanOrEqual(bounds.maxCommandsInFlight)
  expect(most.bytes).toBeLessThanOrEqual(bounds.maxBytesInFlight + largest)
  expect(most.waiting).toBeLessThanOrEqual(bounds.maxCommandsWaiting)
  expect(most.bytesWaiting).toBeLessThanOrEqual(bounds.maxBytesWaiting + largest)
  // One bound or the other was really met, inside and in the line.
  const isFull = (now: number, bound: number, one: number): boolean => now > bound - one
  expect(isFull(most.entries, 100, 1) || isFull(most.bytes, 200_000, largest)).toBe(true)
  expect(isFull(most.waiting, 600, 1) || isFull(most.bytesWaiting, 1_500_000, largest)).toBe(true)
  expect(stage.host.health().oldestWaitingMs).toBeGreaterThanOrEqual(59_000)
  stalled.release()
  const outcomes = await Promise.all(asked)
  await stage.host.flush()
  await turn()
  const stored = outcomes.filter(({ ok }) => ok).length
  const refused = outcomes.flatMap((outcome) => (outcome.ok ? [] : outcome.error.code))
  expect(stored + refused.length).toBe(60 * 17)
  expect(new Set(refused)).toEqual(new Set(['overloaded']))
  expect((await stage.memory.stats()).events, 'each that was not refused, once').toBe(20 + stored)
  expect(stage.host.health()).toMatchObject({
    state: 'running',
    oldestWaitingMs: null,
    queue: { entries: 0, bytes: 0, waiting: 0, bytesWaiting: 0, behind: 0 },
  })
  expect(await tasks[0]?.tryAsk('Start')).toMatchObject({ ok: true })
})
