// One line on stderr that is written again and again while something takes long: in terminals only, and gone at the end.
import type { CliIo } from '../io.ts'
import { shorten } from './shorten.ts'

const clearLine = '\r\u001B[2K'

/** A line that says how far things are. */
export class StatusLine {
  readonly #io: CliIo
  readonly #everyMs: number
  #shownAt = -Infinity
  #isShown = false

  /** @param everyMs milliseconds between two texts; those in between are not shown */
  constructor(io: CliIo, everyMs = 100) {
    this.#io = io
    this.#everyMs = everyMs
  }

  /** Shows a text in place of the one before; where nobody looks, nothing. */
  show(text: string, now: number): void {
    const { stderr } = this.#io
    if (!stderr.isTTY || now - this.#shownAt < this.#everyMs) return
    this.#shownAt = now
    this.#isShown = true
    stderr.write(`${clearLine}${shorten(text, (stderr.columns ?? 80) - 1)}`)
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#isShown) this.#io.stderr.write(clearLine)
    this.#isShown = false
  }
}
