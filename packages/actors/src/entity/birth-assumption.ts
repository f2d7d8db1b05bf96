// The assumption that an entity does not exist: a create is decided on it without a look, and the first commit will tell.

/** Held by an entity's process between such a decision and the word on it. Whoever must know waits here. */
export class BirthAssumption {
  #isHeld = false
  readonly #waiters: (() => void)[] = []

  get isHeld(): boolean {
    return this.#isHeld
  }

  hold(): void {
    this.#isHeld = true
  }

  /** It has proved right or wrong, or nothing depends on it any more. */
  end(): void {
    this.#isHeld = false
    for (const wake of this.#waiters.splice(0)) wake()
  }

  /** Waits for the word that is due. */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push(resolve)
    })
  }
}
