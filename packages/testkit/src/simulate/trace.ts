// What a simulation did, folded into one hash: two runs of one seed must agree on it. And the points that a simulation
// must reach sometimes, or its silence proves nothing.
import { createHash } from 'node:crypto'

/** The trace of one simulation. */
export class Trace {
  readonly #hash = createHash('sha256')
  readonly #reached = new Map<string, number>()

  /** Adds a decision; everything that may differ between two runs belongs here. */
  add(...parts: readonly (string | number | undefined)[]): void {
    this.#hash.update(`${parts.join(' ')}\n`)
  }

  /** This point was reached. */
  reach(point: string): void {
    this.#reached.set(point, (this.#reached.get(point) ?? 0) + 1)
  }

  /** How often each point was reached. */
  get reached(): ReadonlyMap<string, number> {
    return this.#reached
  }

  /** Ends the trace. @returns 16 hex digits that name it */
  close(): string {
    return this.#hash.digest('hex').slice(0, 16)
  }
}
