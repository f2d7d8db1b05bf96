// Which resident goes first when there are too many: W-TinyLFU. A newcomer stays in a small window; to get into the main
// part it must have been asked for more often than who would leave for it, so a scan over many entities passes through
// the window and the ones in steady use stay. The main part is in two: who was asked for again there is protected.
// Source: Einziger, Friedman and Manes (see frequency-sketch); sizes as in Caffeine's. bench/residency compares.
import { FrequencySketch } from './frequency-sketch.ts'

const windowShare = 0.01
const protectedShare = 0.8

/** Keeps the order in which residents are let go. Knows keys only: who holds what, and how many are too many, is the caller's. */
export class EvictionOrder {
  readonly #sketch: FrequencySketch
  readonly #capacity: number
  readonly #windowSize: number
  readonly #protectedSize: number
  /** Each in order of last use, the one that waits longest first. */
  readonly #window = new Set<string>()
  readonly #probation = new Set<string>()
  readonly #protected = new Set<string>()

  /** @param capacity how many residents there are to be, about */
  constructor(capacity: number) {
    this.#sketch = new FrequencySketch(capacity)
    this.#capacity = capacity
    this.#windowSize = Math.max(1, Math.round(capacity * windowShare))
    this.#protectedSize = Math.floor((capacity - this.#windowSize) * protectedShare)
  }

  get size(): number {
    return this.#window.size + this.#probation.size + this.#protected.size
  }

  /** The key is used, for the first time or again. */
  touch(key: string): void {
    this.#sketch.add(key)
    if (this.#probation.delete(key)) this.#protect(key)
    else if (this.#protected.delete(key)) this.#protected.add(key)
    else this.#welcome(key)
  }

  /** The key is gone. */
  remove(key: string): void {
    if (!this.#window.delete(key) && !this.#probation.delete(key)) this.#protected.delete(key)
  }

  /**
   * The key to let go of next among those that may go; undefined when none may. It stays in the order until `remove`.
   * Looks at `maxLooks` keys at most, so that many that may not go cost no more than that.
   */
  next(mayGo: (key: string) => boolean, maxLooks: number = 64): string | undefined {
    let looks = 0
    const firstOf = (keys: Iterable<string>): string | undefined => {
      for (const key of keys) {
        if (looks++ >= maxLooks) return undefined
        if (mayGo(key)) return key
      }
      return undefined
    }
    const victim = firstOf(this.#probation)
    // Only what has left the window, or would by its size, stands for admission.
    const candidate = this.#window.size > this.#windowSize ? firstOf(this.#window) : undefined
    if (victim !== undefined && candidate !== undefined) {
      if (this.#sketch.estimate(candidate) <= this.#sketch.estimate(victim)) return candidate
      this.#admit(candidate)
      return victim
    }
    return candidate ?? victim ?? firstOf(this.#protected) ?? firstOf(this.#window)
  }

  #welcome(key: string): void {
    this.#window.delete(key)
    this.#window.add(key)
    // While there is room, nobody has to stand for admission.
    const [oldest] = this.#window
    const isCrowded = this.#window.size > this.#windowSize && this.size <= this.#capacity
    if (isCrowded && oldest !== undefined) this.#admit(oldest)
  }

  #admit(key: string): void {
    this.#window.delete(key)
    this.#probation.add(key)
  }

  #protect(key: string): void {
    this.#protected.add(key)
    if (this.#protected.size <= this.#protectedSize) return
    const [oldest] = this.#protected
    if (oldest === undefined) return
    this.#protected.delete(oldest)
    this.#probation.add(oldest)
  }
}
