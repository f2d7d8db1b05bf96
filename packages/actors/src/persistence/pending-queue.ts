// Take, ack, nack with generations: the one primitive for work that must be done at least once and whose newest version
// wins. The write cycle uses it for entities with something to write, and the retry queue for what is written behind.

/** An item that was taken and is being worked on. Good for one `ack` or `nack`; later ones are ignored. */
export interface Taken<Key, Item> {
  readonly key: Key
  readonly item: Item
  /** Of the item that was taken; no other item of the queue has the same. */
  readonly generation: number
}

interface Entry<Item> {
  item: Item
  generation: number
  /** The generation that is being worked on. */
  taken: number | undefined
}

/**
 * A queue of one item a key, in the order in which keys came. `put` replaces a key's item and starts a new generation;
 * `ack` clears only the generation that was taken, so what was put meanwhile stays; `nack` gives it back.
 */
export class PendingQueue<Key, Item> {
  readonly #entries = new Map<Key, Entry<Item>>()
  #waiting = 0
  #generation = 0

  /** Keys that are held, taken or not. */
  get size(): number {
    return this.#entries.size
  }

  /** Keys that can be taken now. */
  get waiting(): number {
    return this.#waiting
  }

  /** Whether the key is held, taken or not. */
  has(key: Key): boolean {
    return this.#entries.has(key)
  }

  put(key: Key, item: Item): void {
    const generation = ++this.#generation
    const entry = this.#entries.get(key)
    if (entry === undefined) {
      this.#entries.set(key, { item, generation, taken: undefined })
      this.#waiting++
      return
    }
    entry.item = item
    entry.generation = generation
  }

  /** Takes items in order while `accept` says yes; the first it refuses stays and ends the batch. */
  take(accept: (item: Item) => boolean): readonly Taken<Key, Item>[] {
    const taken: Taken<Key, Item>[] = []
    for (const [key, entry] of this.#entries) {
      if (entry.taken !== undefined) continue
      if (!accept(entry.item)) break
      entry.taken = entry.generation
      this.#waiting--
      taken.push({ key, item: entry.item, generation: entry.generation })
    }
    return taken
  }

  /** Done: forgets the key, unless it was put again meanwhile; then it waits at the end of the queue. */
  ack(taken: Taken<Key, Item>): void {
    const entry = this.#worked(taken)
    if (entry === undefined) return
    this.#entries.delete(taken.key)
    if (entry.generation === taken.generation) return
    this.#entries.set(taken.key, { ...entry, taken: undefined })
    this.#waiting++
  }

  /** Not done: the key waits again, in its old place, with its newest item. */
  nack(taken: Taken<Key, Item>): void {
    const entry = this.#worked(taken)
    if (entry === undefined) return
    entry.taken = undefined
    this.#waiting++
  }

  #worked({ key, generation }: Taken<Key, Item>): Entry<Item> | undefined {
    const entry = this.#entries.get(key)
    return entry?.taken === generation ? entry : undefined
  }

  /** Empties the queue. @returns what it held, taken or not */
  clear(): readonly Item[] {
    const items = Array.from(this.#entries.values(), ({ item }) => item)
    this.#entries.clear()
    this.#waiting = 0
    return items
  }
}
