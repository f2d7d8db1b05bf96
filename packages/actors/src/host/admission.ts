// Admission: how many commands may be on their way at once. When full, askers wait in order; none is dropped.

/** A counting gate with a first-come, first-served queue. */
export class Admission {
  readonly #limit: number
  readonly #waiters: (() => void)[] = []
  readonly #emptyWaiters: (() => void)[] = []
  #inside = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Goes in at once, or gives a promise to wait for. Every entry is ended by `leave`. */
  enter(): Promise<void> | undefined {
    if (this.#inside < this.#limit) {
      this.#inside++
      return undefined
    }
    return new Promise((resolve) => this.#waiters.push(resolve))
  }

  /** Makes room; the place goes straight to the asker who has waited longest. */
  leave(): void {
    const next = this.#waiters.shift()
    if (next !== undefined) {
      next()
      return
    }
    this.#inside--
    if (this.#inside === 0) for (const wake of this.#emptyWaiters.splice(0)) wake()
  }

  /** Waits until nobody is inside. */
  async whenEmpty(): Promise<void> {
    while (this.#inside > 0) await new Promise<void>((resolve) => this.#emptyWaiters.push(resolve))
  }
}
