/** What still fits into one batch. The first event always does: one that is over the bound goes alone. */
export class BatchRoom {
  readonly #maxEvents: number
  readonly #maxBytes: number
  #events = 0
  #bytes = 0
  #isFull = false

  constructor(maxEvents: number, maxBytes: number) {
    this.#maxEvents = maxEvents
    this.#maxBytes = maxBytes
  }

  /** Whether something was turned away, or would be. */
  get isFull(): boolean {
    return this.#isFull || this.#events >= this.#maxEvents
  }

  /** Takes an event of so many bytes in. @returns whether there was room */
  take(bytes: number): boolean {
    const fits = this.#events === 0 || this.#bytes + bytes <= this.#maxBytes
    if (this.isFull || !fits) {
      this.#isFull = true
      return false
    }
    this.#events++
    this.#bytes += bytes
    return true
  }
}
