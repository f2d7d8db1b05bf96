// How large the batches of the write cycle are: bounded by events and bytes, and the first of a large burst is half of it.
import { BatchRoom } from './batch-room.ts'

/** A burst of at most so many events goes in one transaction: dividing it would gain less than a second flush costs. */
const undividedBurst = 256

/** Gives each batch its room. */
export class BatchSizes {
  readonly #maxEvents: number
  readonly #maxBytes: number
  /** Calls of `put` since the cycle was idle, until its first batch: about as many events. */
  #burst = 0

  constructor(maxEvents: number, maxBytes: number) {
    this.#maxEvents = maxEvents
    this.#maxBytes = maxBytes
  }

  /** Somebody has something to write. */
  notePut(): void {
    this.#burst++
  }

  /** There is nothing to write. */
  noteIdle(): void {
    this.#burst = 0
  }

  /**
   * Half of a large burst goes first. Askers who ask again when they are answered then come in two alternating groups:
   * while one is being stored, the other is being decided. Without it they march in step, and this process and the
   * database take turns at waiting for each other (bench/b02: half as many commands a second).
   */
  first(): BatchRoom {
    const half = Math.max(undividedBurst, Math.ceil(this.#burst / 2))
    this.#burst = 0
    return new BatchRoom(Math.min(half, this.#maxEvents), this.#maxBytes)
  }

  next(): BatchRoom {
    return new BatchRoom(this.#maxEvents, this.#maxBytes)
  }
}
