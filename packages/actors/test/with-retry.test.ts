// How long a host asks its storage again: counted by timers, whatever the time of day does meanwhile, and never for ever.
import { StorageError } from '@perdure/core'
import { describe, expect, it } from 'vitest'
import { withRetry } from '../src/persistence/with-retry.ts'
import { VirtualClock } from './helpers/virtual-clock.ts'

/** Time that passes as told, on a clock that somebody else sets. */
class WrongClock extends VirtualClock {
  offsetMs = 0

  override now(): number {
    return super.now() + this.offsetMs
  }
}

const retry = { baseMs: 20, capMs: 100, budgetMs: 1_000, answerMs: 5_000 }
const random = { next: () => 1 }
const gone = new StorageError('storage_unavailable', 'gone')

describe('a budget', () => {
  it.each([
    ['forth', 86_400_000],
    ['back', -86_400_000],
  ])('lasts as long as it says, though the clock is put %s meanwhile', async (_how, offsetMs) => {
    const clock = new WrongClock()
    let calls = 0
    const asked = withRetry({ clock, random, retry }, () => {
      calls++
      clock.offsetMs = calls > 1 ? offsetMs : 0
      return Promise.reject(gone)
    }).catch((error: unknown) => error)
    await clock.advance(900)
    const before = calls
    expect(before).toBeGreaterThan(8)
    await clock.advance(10_000)
    expect(await asked).toBe(gone)
    expect(calls).toBeLessThan(before + 4)
    expect(clock.timers).toBe(0)
  })

  it('may be without end', async () => {
    const clock = new VirtualClock()
    let isBack = false
    const endless = { ...retry, budgetMs: Number.POSITIVE_INFINITY }
    const asked = withRetry({ clock, random, retry: endless }, () =>
      isBack ? Promise.resolve('back') : Promise.reject(gone),
    )
    await clock.advance(100_000)
    isBack = true
    await clock.advance(200)
    expect(await asked).toBe('back')
  })
})

describe('a call that is never answered', () => {
  it('is repeated, and what its first answer says when it comes after all is no news', async () => {
    const clock = new VirtualClock()
    let answerLate = (_answer: string): void => {}
    const answers = [new Promise<string>((resolve) => (answerLate = resolve)), Promise.resolve('second')]
    const asked = withRetry({ clock, random, retry }, () => answers.shift() ?? Promise.reject(gone))
    await clock.advance(6_000)
    answerLate('first')
    expect(await asked).toBe('second')
    expect(clock.timers).toBe(0)
  })

  it('is given up in the end, with an outcome that nobody knows', async () => {
    const clock = new VirtualClock()
    const asked = withRetry({ clock, random, retry }, () => new Promise(() => {})).catch(
      (error: unknown) => error,
    )
    await clock.advance(11_000)
    expect(await asked).toMatchObject({ code: 'outcome_unknown', retryable: true })
  })
})
