// Admission: how many commands may be on their way at once. When full, askers wait in order; none is dropped.

/** A counting gate with a first-come, first-served queue. */
export class Admission {
  readonly #limit: number
  readonly #waiters = new Set<() => void>()
  readonly #emptyWaiters: (() => void)[] = []
  #inside = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /**
   * Goes in at once, or gives a promise to wait for, which rejects when the signal gives up first. Every entry is ended by
   * `leave`.
   */
  enter(signal?: AbortSignal): Promise<void> | undefined {
    if (this.#inside < this.#limit) {
      this.#inside++
      return undefined
    }
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#waiters.delete(goIn)
        reject(signal?.reason as Error)
      }
      const goIn = (): void => {
        signal?.removeEventListener('abort', giveUp)
        resolve()
      }
      this.#waiters.add(goIn)
      signal?.addEventListener('abort', giveUp, { once: true })
    })
  }

  /** Makes room; the place goes straight to the asker who has waited longest. */
  leave(): void {
    for (const goIn of this.#waiters) {
      this.#waiters.delete(goIn)
      goIn()
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
