import { VirtualClock } from '@perdure/testkit'
import { afterEach, expect, it, vi } from 'vitest'

afterEach(() => {
  vi.useRealTimers()
})

it('stands still until it is moved', async () => {
  const clock = new VirtualClock(1_000)
  const fired: number[] = []
  clock.setTimeout(() => fired.push(clock.now()), 50)
  await clock.advance(49)
  expect([clock.now(), fired]).toEqual([1_049, []])
  await clock.advance(1)
  expect([clock.now(), fired]).toEqual([1_050, [1_050]])
})

it('fires timers in the order of their times, and at one time in the order they were set', async () => {
  const clock = new VirtualClock()
  const fired: string[] = []
  for (const [name, ms] of [
    ['c', 30],
    ['a', 10],
    ['d', 30],
    ['b', 20],
  ] as const)
    clock.setTimeout(() => fired.push(name), ms)
  await clock.advance(100)
  expect(fired).toEqual(['a', 'b', 'c', 'd'])
})

it('lets promises settle between two timers', async () => {
  const clock = new VirtualClock()
  const seen: string[] = []
  clock.setTimeout(() => {
    void (async () => {
      for (let turn = 0; turn < 10; turn++) await Promise.resolve()
      seen.push('promises')
    })()
  }, 1)
  clock.setTimeout(() => seen.push('second'), 1)
  await clock.advance(1)
  expect(seen).toEqual(['promises', 'second'])
})

it('fires timers that timers set, and none that was cleared', async () => {
  const clock = new VirtualClock(0)
  const fired: number[] = []
  clock.setTimeout(() => clock.setTimeout(() => fired.push(clock.now()), 5), 5)
  clock.clearTimeout(clock.setTimeout(() => fired.push(-1), 1))
  await clock.advance(20)
  expect(fired).toEqual([10])
  expect(clock.pending).toBe(0)
})

it('runs to the next timer, however far away, and says when there is none', async () => {
  const clock = new VirtualClock(0)
  clock.setTimeout(() => {}, 86_400_000)
  expect(clock.nextInMs).toBe(86_400_000)
  expect(await clock.runNext()).toBe(true)
  expect([clock.now(), await clock.runNext()]).toEqual([86_400_000, false])
})

it('can be turned like a clock on a wall, without touching timers', async () => {
  const clock = new VirtualClock(10_000)
  const fired: number[] = []
  clock.setTimeout(() => fired.push(clock.now()), 100)
  clock.jump(-5_000)
  await clock.advance(100)
  expect(fired).toEqual([5_100])
})

it("works while vitest's fake timers are on", async () => {
  vi.useFakeTimers()
  const clock = new VirtualClock()
  let fired = false
  clock.setTimeout(() => (fired = true), 1)
  await clock.advance(1)
  expect(fired).toBe(true)
})
