// Keys in order of last use, the one that waits longest first. A linked list, because a Set used as a queue keeps the
// places of what has left it and walks over them to its first: with 100,000 residents that took 45 µs a command.

/** A key in a queue, or in none. */
export interface Queued {
  readonly key: string
  queue: UseQueue | undefined
  before: Queued | undefined
  after: Queued | undefined
}

/** A key that is in no queue yet. */
export function queued(key: string): Queued {
  return { key, queue: undefined, before: undefined, after: undefined }
}

/** Takes keys in at its end and gives any of them up, each in constant time. A key is in one queue at a time. */
export class UseQueue {
  #size = 0
  #first: Queued | undefined
  #last: Queued | undefined

  get size(): number {
    return this.#size
  }

  /** Who waits longest. */
  get first(): Queued | undefined {
    return this.#first
  }

  /** Puts a key at the end; it leaves the queue it is in. */
  push(item: Queued): void {
    item.queue?.remove(item)
    item.queue = this
    item.before = this.#last
    if (this.#last === undefined) this.#first = item
    else this.#last.after = item
    this.#last = item
    this.#size += 1
  }

  /** Takes a key out that is in this queue. */
  remove(item: Queued): void {
    if (item.before === undefined) this.#first = item.after
    else item.before.after = item.after
    if (item.after === undefined) this.#last = item.before
    else item.after.before = item.before
    item.queue = item.before = item.after = undefined
    this.#size -= 1
  }
}
