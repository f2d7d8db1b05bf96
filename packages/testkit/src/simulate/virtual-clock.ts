// Time that stands still until a test moves it. Satisfies core's Clock port; every timer of a simulation waits here, so
// that one queue decides what happens next.
import type { Clock } from '@perdure/core'

interface Timer {
  readonly dueAt: number
  readonly callback: () => void
}

/** Kept from before anybody could fake it: this one has to let real promises settle. */
const realImmediate = setImmediate

/**
 * A clock under a test's control. Timers that are due at the same time fire in the order in which they were set; between
 * two of them every promise that can settle does.
 */
export class VirtualClock implements Clock {
  /** In the order in which they fire. */
  readonly #timers: Timer[] = []
  #elapsedMs = 0
  #origin: number

  /** @param startAt - epoch milliseconds @defaultValue 14 November 2023 */
  constructor(startAt = 1_700_000_000_000) {
    this.#origin = startAt
  }

  now(): number {
    return this.#origin + this.#elapsedMs
  }

  /** Timers that wait. */
  get pending(): number {
    return this.#timers.length
  }

  /** How long until the next timer, milliseconds; undefined without one. */
  get nextInMs(): number | undefined {
    const [next] = this.#timers
    return next && next.dueAt - this.#elapsedMs
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    const timer: Timer = { dueAt: this.#elapsedMs + Math.max(delayMs, 0), callback }
    const after = this.#timers.findLastIndex(({ dueAt }) => dueAt <= timer.dueAt)
    this.#timers.splice(after + 1, 0, timer)
    return timer
  }

  clearTimeout(handle: unknown): void {
    const index = this.#timers.indexOf(handle as Timer)
    if (index !== -1) this.#timers.splice(index, 1)
  }

  /** Moves time on, firing what falls due on the way, and lets promises settle before, between and after. */
  async advance(ms: number): Promise<void> {
    const until = this.#elapsedMs + ms
    await this.settle()
    for (let next = this.#timers[0]; next !== undefined && next.dueAt <= until; next = this.#timers[0])
      await this.#fire(next)
    this.#elapsedMs = Math.max(until, this.#elapsedMs)
  }

  /** Moves time to the next timer and fires it. @returns false when there is none */
  async runNext(): Promise<boolean> {
    await this.settle()
    const [next] = this.#timers
    if (next === undefined) return false
    await this.#fire(next)
    return true
  }

  /** Lets every promise settle that waits for nothing but other promises. Input and output are not waited for. */
  settle(): Promise<void> {
    return new Promise((resolve) => {
      realImmediate(resolve)
    })
  }

  /** Turns the time of day forward or back, as a correction by NTP does; timers stay where they are. */
  jump(ms: number): void {
    this.#origin += ms
  }

  async #fire(timer: Timer): Promise<void> {
    this.clearTimeout(timer)
    this.#elapsedMs = Math.max(timer.dueAt, this.#elapsedMs)
    timer.callback()
    await this.settle()
  }
}
