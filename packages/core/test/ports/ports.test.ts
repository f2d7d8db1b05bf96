import { describe, expect, it } from 'vitest'
import { noProbe, noTelemetry, silentLogger, systemClock, systemRandom } from '@perdure/core'

describe('the clock of the machine', () => {
  it('tells whole epoch milliseconds', () => {
    expect(systemClock.now()).toSatisfy(Number.isSafeInteger)
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000)
  })

  it('calls back once, unless the timer was cleared before', async () => {
    const calls: string[] = []
    await new Promise<void>((resolve) => {
      systemClock.clearTimeout(systemClock.setTimeout(() => calls.push('cleared'), 0))
      systemClock.setTimeout(() => calls.push('kept'), 0)
      systemClock.setTimeout(resolve, 1)
    })
    expect(calls).toEqual(['kept'])
  })

  it('holds the process alive unless told not to', () => {
    for (const [options, hasRef] of [
      [undefined, true],
      [{ unref: true }, false],
    ] as const) {
      const timer = systemClock.setTimeout(() => {}, 10_000, options) as NodeJS.Timeout
      expect(timer.hasRef()).toBe(hasRef)
      systemClock.clearTimeout(timer)
    }
  })
})

describe('the ports that do nothing', () => {
  it('take whatever they are told', () => {
    expect(noProbe('point', {})).toBeUndefined()
    expect(silentLogger.error({}, 'x')).toBeUndefined()
    expect([noTelemetry.count('a', 1), noTelemetry.start('b').end()]).toEqual([undefined, undefined])
  })

  it('randomness lies in [0, 1)', () => {
    for (let i = 0; i < 100; i++)
      expect(systemRandom.next()).toSatisfy((value: number) => value >= 0 && value < 1)
  })
})
