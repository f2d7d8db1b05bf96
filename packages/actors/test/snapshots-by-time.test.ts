// Snapshots by measured replay time: an entity whose replay took long is kept before its spec asks for it.
import type { Clock } from '@perdure/core'
import { openMemoryStorage } from '@perdure/core/memory'
import { describe, expect, it } from 'vitest'
import { specOf } from './helpers/task-spec.ts'
import { startHost } from './helpers/start-host.ts'
import { VirtualClock } from './helpers/virtual-clock.ts'

const spec = specOf(`
[automaton]
name = "Tally"
states = ["Open"]
initial = "Open"
snapshot_every = 1000

[[state]]
name = "count"
type = "counter"

[[action]]
name = "Count"
effect = "count += 1"
`)

const key = { tenant: 'default', type: 'Tally', id: 't-1' }

/** A clock that moves by so much each time it is looked at: a replay takes one step. */
function steppingClock(stepMs: number): Clock {
  const still = new VirtualClock()
  let passed = 0
  return {
    now: () => still.now() + (passed += stepMs),
    setTimeout: (callback, delayMs) => still.setTimeout(callback, delayMs),
    clearTimeout: (handle) => still.clearTimeout(handle),
  }
}

/** A tally of ten events, then a host whose replays take so long. @returns the version of the snapshot after so many more */
async function afterMore(
  events: number,
  replayMs: number,
  maxReplayMs?: number,
): Promise<number | undefined> {
  const memory = openMemoryStorage()
  const first = await startHost({ specs: [spec] }, memory)
  const tally = await first.host.spawn('Tally', { id: 't-1' })
  for (let count = 1; count < 10; count++) await tally.ask('Count')
  await first.host.stop()
  const options = maxReplayMs === undefined ? {} : { maxReplayMs }
  const { host } = await startHost({ specs: [spec], clock: steppingClock(replayMs), ...options }, memory)
  const again = host.entity('Tally', 't-1')
  await again.state()
  for (let count = 0; count < events; count++) await again.ask('Count')
  await host.flush()
  const [event] = await memory.readEvents(key)
  const loaded = await memory.load(key, { specHash: event?.specHash ?? '' })
  return loaded?.snapshot?.sequence
}

describe('a snapshot by measured replay time', () => {
  it('is taken at once when the replay took longer than it may', async () => {
    expect(await afterMore(0, 50)).toBe(10)
  })

  it('is taken as soon as the replay would take longer, at what an event took', async () => {
    // Two milliseconds an event: 50 are reached at version 25.
    expect(await afterMore(14, 20)).toBeUndefined()
    expect(await afterMore(15, 20)).toBe(25)
  })

  it('is not taken where replays are quick', async () => {
    expect(await afterMore(50, 0)).toBeUndefined()
  })

  it('counts by the bound that the host was given', async () => {
    expect(await afterMore(0, 50, 51)).toBeUndefined()
    expect(await afterMore(0, 20, 20)).toBe(10)
  })
})
