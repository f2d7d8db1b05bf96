import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EvictionOrder } from '../src/residency/eviction-order.ts'
import { FrequencySketch } from '../src/residency/frequency-sketch.ts'

const anyKey = fc.integer({ min: 0, max: 30 }).map((number) => `e-${number}`)
const anyStep = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('touch' as const), key: anyKey }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), key: anyKey }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('next' as const), key: anyKey }) },
)

describe('the order of eviction', () => {
  it('holds each key that was touched and not removed, once, and offers only keys that it holds and that may go', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(anyStep, { maxLength: 200, size: 'max' }),
        (capacity, steps) => {
          const order = new EvictionOrder(capacity)
          const held = new Set<string>()
          for (const { kind, key } of steps) {
            if (kind === 'touch') {
              order.touch(key)
              held.add(key)
            } else if (kind === 'remove') {
              order.remove(key)
              held.delete(key)
            } else {
              const offered = order.next((each) => each !== key)
              const others = held.size - (held.has(key) ? 1 : 0)
              expect(offered !== undefined).toBe(others > 0)
              if (offered !== undefined) expect(held.has(offered) && offered !== key).toBe(true)
            }
            expect(order.size).toBe(held.size)
          }
        },
      ),
    )
  })

  it('keeps what is in steady use while a scan passes through', () => {
    const order = new EvictionOrder(100)
    const kept = new Set<string>()
    const ask = (key: string): void => {
      order.touch(key)
      kept.add(key)
      const leaving = kept.size > 100 ? order.next((each) => each !== key) : undefined
      if (leaving !== undefined) {
        order.remove(leaving)
        kept.delete(leaving)
      }
    }
    const steady = Array.from({ length: 60 }, (_, index) => `steady-${index}`)
    for (let round = 0; round < 5; round++) steady.forEach(ask)
    for (let index = 0; index < 2_000; index++) ask(`scanned-${index}`)
    // The last one to come was still in the window, and stands for admission again and again.
    expect(steady.filter((key) => kept.has(key)).length).toBeGreaterThanOrEqual(59)
    expect(kept.size).toBe(100)
  })

  it('lets no newcomer in for one who was asked for more often, be the protected part as full as it may', () => {
    const order = new EvictionOrder(100)
    const kept = new Set<string>()
    const ask = (key: string): void => {
      order.touch(key)
      kept.add(key)
      const leaving = kept.size > 100 ? order.next((each) => each !== key) : undefined
      if (leaving === undefined) return
      order.remove(leaving)
      kept.delete(leaving)
    }
    const steady = Array.from({ length: 95 }, (_, index) => `steady-${index}`)
    for (let round = 0; round < 5; round++) steady.forEach(ask)
    for (let index = 0; index < 300; index++) ask(`scanned-${index}`)
    expect(steady.filter((key) => kept.has(key)).length).toBeGreaterThanOrEqual(94)
  })

  it('lets what was in use long ago go in the end', () => {
    const order = new EvictionOrder(50)
    const kept = new Set<string>()
    const ask = (key: string): void => {
      order.touch(key)
      kept.add(key)
      const leaving = kept.size > 50 ? order.next((each) => each !== key) : undefined
      if (leaving === undefined) return
      order.remove(leaving)
      kept.delete(leaving)
    }
    const inUse = (when: string) => Array.from({ length: 50 }, (_, index) => `${when}-${index}`)
    for (let round = 0; round < 10; round++) inUse('then').forEach(ask)
    for (let round = 0; round < 60; round++) inUse('now').forEach(ask)
    expect(inUse('now').filter((key) => kept.has(key)).length).toBeGreaterThan(45)
  })

  it('looks at no more keys than it was told to', () => {
    const order = new EvictionOrder(1_000)
    for (let index = 0; index < 1_000; index++) order.touch(`e-${index}`)
    let looks = 0
    const mayGo = (): boolean => {
      looks += 1
      return false
    }
    expect(order.next(mayGo, 10)).toBeUndefined()
    expect(looks).toBe(10)
  })
})

describe('the sketch of frequencies', () => {
  it('is never below the truth within a period, and forgets by halves', () => {
    fc.assert(
      fc.property(fc.array(anyKey, { minLength: 1, maxLength: 300 }), (keys) => {
        const sketch = new FrequencySketch(100)
        const counts = new Map<string, number>()
        for (const key of keys) {
          sketch.add(key)
          counts.set(key, (counts.get(key) ?? 0) + 1)
        }
        for (const [key, count] of counts)
          expect(sketch.estimate(key)).toBeGreaterThanOrEqual(Math.min(15, count))
      }),
    )
    const sketch = new FrequencySketch(16)
    for (let time = 0; time < 15; time++) sketch.add('old')
    expect(sketch.estimate('old')).toBe(15)
    for (let time = 0; time < 160; time++) sketch.add(`new-${time % 3}`)
    expect(sketch.estimate('old')).toBeLessThan(15)
  })
})
