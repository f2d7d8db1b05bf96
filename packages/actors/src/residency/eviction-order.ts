// Which resident goes first when there are too many: W-TinyLFU. A newcomer stays in a small window; to get into the main
// part it must have been asked for more often than who would leave for it, so a scan over many entities passes through
// the window and the ones in steady use stay. The main part is in two: who was asked for again there is protected.
// Source: Einziger, Friedman and Manes (see frequency-sketch); sizes as in Caffeine's. bench/residency compares.
import { FrequencySketch } from './frequency-sketch.ts'
import { linked, LinkedQueue } from '../queue/linked-queue.ts'
import type { Linked } from '../queue/linked-queue.ts'

const windowShare = 0.01
const protectedShare = 0.8

/** Keeps the order in which residents are let go. Knows keys only: who holds what, and how many are too many, is the caller's. */
export class EvictionOrder {
  readonly #sketch: FrequencySketch
  readonly #capacity: number
  readonly #windowSize: number
  readonly #protectedSize: number
  readonly #items = new Map<string, Linked<string>>()
  readonly #window = new LinkedQueue<string>()
  readonly #probation = new LinkedQueue<string>()
  readonly #protected = new LinkedQueue<string>()

  /** @param capacity how many residents there are to be, about */
  constructor(capacity: number) {
    this.#sketch = new FrequencySketch(capacity)
    this.#capacity = capacity
    this.#windowSize = Math.max(1, Math.round(capacity * windowShare))
    this.#protectedSize = Math.floor((capacity - this.#windowSize) * protectedShare)
  }

  get size(): number {
    return this.#items.size
  }

  /** The key is used, for the first time or again. */
  touch(key: string): void {
    this.#sketch.add(key)
    const item = this.#items.get(key)
    if (item === undefined) this.#welcome(this.#add(key))
    else if (item.queue === this.#window) this.#welcome(item)
    else this.#protect(item)
  }

  /** The key is gone. */
  remove(key: string): void {
    const item = this.#items.get(key)
    if (item === undefined) return
    item.queue?.remove(item)
    this.#items.delete(key)
  }

  /**
   * The key to let go of next among those that may go; undefined when none may. It stays in the order until `remove`.
   * Looks at `maxLooks` keys at most, so that many that may not go cost no more than that.
   */
  next(mayGo: (key: string) => boolean, maxLooks: number = 64): string | undefined {
    let looks = 0
    const firstOf = (queue: LinkedQueue<string>): Linked<string> | undefined => {
      for (let item = queue.first; item !== undefined; item = item.after) {
        if (looks++ >= maxLooks) return undefined
        if (mayGo(item.value)) return item
      }
      return undefined
    }
    const victim = firstOf(this.#probation)
    // Only what has left the window, or would by its size, stands for admission.
    const candidate = this.#window.size > this.#windowSize ? firstOf(this.#window) : undefined
    if (victim !== undefined && candidate !== undefined) {
      if (this.#sketch.estimate(candidate.value) <= this.#sketch.estimate(victim.value))
        return candidate.value
      this.#probation.push(candidate)
      return victim.value
    }
    return (candidate ?? victim ?? firstOf(this.#protected) ?? firstOf(this.#window))?.value
  }

  #add(key: string): Linked<string> {
    const item = linked(key)
    this.#items.set(key, item)
    return item
  }

  #welcome(item: Linked<string>): void {
    this.#window.push(item)
    // While there is room, nobody has to stand for admission.
    const isCrowded = this.#window.size > this.#windowSize && this.size <= this.#capacity
    if (isCrowded && this.#window.first !== undefined) this.#probation.push(this.#window.first)
  }

  #protect(item: Linked<string>): void {
    this.#protected.push(item)
    if (this.#protected.size > this.#protectedSize && this.#protected.first !== undefined)
      this.#probation.push(this.#protected.first)
  }
}
