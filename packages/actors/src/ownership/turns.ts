// Commands of one entity find their way one after another: who has looked longer, or was asked first, is not overtaken by who
// comes when the way is known.

/** One turn at a time for each key. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>()

  /** Whether somebody has the turn, or waits for it. */
  isTaken(key: string): boolean {
    return this.#last.size > 0 && this.#last.has(key)
  }

  /** Waits for the turn. @returns gives it back; whoever waits next has it then */
  async take(key: string): Promise<() => void> {
    const before = this.#last.get(key)
    let end = (): void => {}
    const mine = new Promise<void>((resolve) => (end = resolve))
    this.#last.set(key, mine)
    await before
    return () => {
      if (this.#last.get(key) === mine) this.#last.delete(key)
      end()
    }
  }
}
