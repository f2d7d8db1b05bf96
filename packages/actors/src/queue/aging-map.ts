// A map that forgets from its oldest entry on. Not a plain Map: that keeps the places of what has left it, and walks over them to
// its first entry each time.
import { linked, LinkedQueue } from './linked-queue.ts'
import type { Linked } from './linked-queue.ts'

/** Entries in the order in which they were last set; everything takes constant time. */
export class AgingMap<Key, Value> {
  readonly #items = new Map<Key, Linked<readonly [Key, Value]>>()
  readonly #order = new LinkedQueue<readonly [Key, Value]>()

  get size(): number {
    return this.#items.size
  }

  /** The entry that was set longest ago. */
  get oldest(): readonly [Key, Value] | undefined {
    return this.#order.first?.value
  }

  get(key: Key): Value | undefined {
    return this.#items.get(key)?.value[1]
  }

  /** Sets an entry anew: it is the youngest now. */
  set(key: Key, value: Value): void {
    this.delete(key)
    const item = linked<readonly [Key, Value]>([key, value])
    this.#items.set(key, item)
    this.#order.push(item)
  }

  delete(key: Key): void {
    const item = this.#items.get(key)
    if (item === undefined) return
    this.#items.delete(key)
    this.#order.remove(item)
  }

  clear(): void {
    while (this.oldest !== undefined) this.delete(this.oldest[0])
  }
}
