// Looks whether something has come, once for any number of wake-ups, and once more for those that come meanwhile.

/** Runs one look at a time. */
export class Looker {
  readonly #look: () => Promise<void>
  #isLooking = false
  #isWoken = false
  #ended: Promise<void> = Promise.resolve()

  /** @param look - never rejects */
  constructor(look: () => Promise<void>) {
    this.#look = look
  }

  /** There may be something. */
  wake(): void {
    this.#isWoken = true
    if (!this.#isLooking) this.#ended = this.#run()
  }

  /** Waits until nobody looks. */
  async whenQuiet(): Promise<void> {
    await this.#ended
  }

  async #run(): Promise<void> {
    this.#isLooking = true
    // Asked and said in one step: who wakes it after this is seen.
    while (this.#isWoken) {
      this.#isWoken = false
      await this.#look()
    }
    this.#isLooking = false
  }
}
