// A pause in the work of one entity, between two commands: nothing is decided, and what was decided comes to its end. Held by
// the entity's process while somebody changes what it decides by.

/** Whether nothing may be decided, and who waits until nothing is on its way. */
export class Pause {
  #isHeld = false
  readonly #waiters: (() => void)[] = []

  get isHeld(): boolean {
    return this.#isHeld
  }

  begin(): void {
    this.#isHeld = true
  }

  end(): void {
    this.#isHeld = false
  }

  /** Waits for the next word that all is quiet. */
  untilQuiet(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push(resolve)
    })
  }

  /** Nothing is on its way. */
  noteQuiet(): void {
    for (const wake of this.#waiters.splice(0)) wake()
  }
}
