// A host in a simulation: it can die, which ends its timers and its calls, and it can stand still while others go on.
import type { Host } from '@perdure/actors'
import type { Clock } from '@perdure/core'
import type { FaultyStorage } from '../faulty-storage/faulty-storage.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** Time as one host sees it. */
export class HostClock implements Clock {
  readonly #clock: VirtualClock
  #resumesAt = 0
  #skewMs = 0
  #isDead = false

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  now(): number {
    return this.#clock.now() + this.#skewMs
  }

  /** Corrects the time of day; timers stay. */
  jump(ms: number): void {
    this.#skewMs += ms
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    return this.#clock.setTimeout(() => this.#fire(callback), delayMs)
  }

  clearTimeout(handle: unknown): void {
    this.#clock.clearTimeout(handle)
  }

  /** Nothing fires, and no answer arrives, for so long. */
  pause(ms: number): void {
    this.#resumesAt = Math.max(this.#resumesAt, this.#clock.now() + ms)
  }

  /** Nothing fires any more. */
  die(): void {
    this.#isDead = true
  }

  #fire(callback: () => void): void {
    if (this.#isDead) return
    const stillMs = this.#resumesAt - this.#clock.now()
    if (stillMs > 0) this.#clock.setTimeout(() => this.#fire(callback), stillMs)
    else callback()
  }
}

/** One life of a host. */
export interface SimHost {
  readonly index: number
  /** Counts the lives of all hosts. */
  readonly life: number
  readonly host: Host
  readonly storage: FaultyStorage
  readonly clock: HostClock
}
