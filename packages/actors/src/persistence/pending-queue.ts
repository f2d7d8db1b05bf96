// Take, ack, nack with generations: the one primitive for work that must be done at least once and whose newest version
// wins. The write cycle uses it for entities with something to write.

/** An item that was taken and is being worked on. */
export interface Taken<Key, Item> {
  readonly key: Key
  readonly item: Item
  readonly generation: number
}

interface Entry<Item> {
  item: Item
  generation: number
  isTaken: boolean
}

/**
 * A queue of one item a key, in the order in which keys came. `put` replaces a key's item and starts a new generation;
 * `ack` clears only the generation that was taken, so what was put meanwhile stays; `nack` gives it back.
 */
export class PendingQueue<Key, Item> {
  readonly #entries = new Map<Key, Entry<Item>>()
  #waiting = 0

  /** Keys that are held, taken or not. */
  get size(): number {
    return this.#entries.size
  }

  /** Keys that can be taken now. */
  get waiting(): number {
    return this.#waiting
  }

  put(key: Key, item: Item): void {
    const entry = this.#entries.get(key)
    if (entry !== undefined) {
      entry.item = item
      entry.generation++
      return
    }
    this.#entries.set(key, { item, generation: 0, isTaken: false })
    this.#waiting++
  }

  /** Takes items in order while `accept` says yes; the first it refuses stays and ends the batch. */
  take(accept: (item: Item) => boolean): readonly Taken<Key, Item>[] {
    const taken: Taken<Key, Item>[] = []
    for (const [key, entry] of this.#entries) {
      if (entry.isTaken) continue
      if (!accept(entry.item)) break
      entry.isTaken = true
      this.#waiting--
      taken.push({ key, item: entry.item, generation: entry.generation })
    }
    return taken
  }

  /** Done: forgets the key, unless it was put again meanwhile; then it waits at the end of the queue. */
  ack({ key, generation }: Taken<Key, Item>): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    if (entry.generation === generation) return
    this.#entries.set(key, { ...entry, isTaken: false })
    this.#waiting++
  }

  /** Not done: the key waits again, in its old place, with its newest item. */
  nack({ key }: Taken<Key, Item>): void {
    const entry = this.#entries.get(key)
    if (entry === undefined || !entry.isTaken) return
    entry.isTaken = false
    this.#waiting++
  }

  /** Empties the queue. @returns what it held, taken or not */
  clear(): readonly Item[] {
    const items = Array.from(this.#entries.values(), ({ item }) => item)
    this.#entries.clear()
    this.#waiting = 0
    return items
  }
}
