// Many small requests of one kind as few statements: while one runs, the next gathers. Used by the router for each thing it
// asks of the database often.

/** How much goes into one statement. */
const maxItems = 1_000
const maxBytes = 16 * 1024 * 1024

interface Waiting<Item, Result> {
  readonly item: Item
  readonly bytes: number
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/** Runs one batch at a time, in order. */
export class Gatherer<Item, Result> {
  readonly #run: (items: readonly Item[]) => Promise<readonly Result[]>
  #waiting: Waiting<Item, Result>[] = []
  #isRunning = false

  /** @param run - answers for each item, in order */
  constructor(run: (items: readonly Item[]) => Promise<readonly Result[]>) {
    this.#run = run
  }

  /** @param bytes - how much of a statement it takes */
  add(item: Item, bytes: number): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, bytes, resolve, reject })
      if (!this.#isRunning) void this.#drain()
    })
  }

  async #drain(): Promise<void> {
    this.#isRunning = true
    // What is added in this turn of the event loop goes together.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const batch = this.#take()
      try {
        const results = await this.#run(batch.map(({ item }) => item))
        for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result)
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.#isRunning = false
  }

  #take(): readonly Waiting<Item, Result>[] {
    let bytes = 0
    const end = this.#waiting.findIndex((waiting, index) => {
      bytes += waiting.bytes
      return index > 0 && (index >= maxItems || bytes > maxBytes)
    })
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end)
  }
}
