// A clock that stands still until a test moves it.
import type { Clock } from '@perdure/core'

interface Timer {
  readonly dueAt: number
  readonly callback: () => void
}

/** Lets everything that is ready run: one turn of the event loop, after all microtasks. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

/** Time that passes only when it is told to. */
export class VirtualClock implements Clock {
  #now = 1_700_000_000_000
  readonly #timers = new Set<Timer>()

  /** Timers that are set. */
  get timers(): number {
    return this.#timers.size
  }

  now(): number {
    return this.#now
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    const timer = { dueAt: this.#now + delayMs, callback }
    this.#timers.add(timer)
    return timer
  }

  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as Timer)
  }

  /** Moves time on, firing timers in order of their time and letting what they start run in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await turn()
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#timers.delete(timer)
      this.#now = timer.dueAt
      timer.callback()
      await turn()
    }
    this.#now = end
  }

  #next(end: number): Timer | undefined {
    const due = [...this.#timers].filter(({ dueAt }) => dueAt <= end)
    return due.sort((left, right) => left.dueAt - right.dueAt)[0]
  }
}
