// News of the log within one process: who commits tells, who watches is woken. Storages build `watchLog` on it.
import type { LogWatch } from './log.ts'

/** Hands the news of commits to any number of watches. Costs nothing while there is none. */
export class LogNews {
  readonly #watches = new Set<NewsWatch>()
  readonly #onWatched: (isWatched: boolean) => void
  #isClosed = false

  /** @param onWatched - called when the first watch comes and when the last one goes */
  constructor(onWatched: (isWatched: boolean) => void = () => {}) {
    this.#onWatched = onWatched
  }

  /** Opens a watch. */
  watch(): LogWatch {
    const watch = new NewsWatch(() => {
      if (this.#watches.delete(watch) && this.#watches.size === 0) this.#onWatched(false)
    })
    if (this.#isClosed) watch.close()
    else {
      this.#watches.add(watch)
      if (this.#watches.size === 1) this.#onWatched(true)
    }
    return watch
  }

  /** The log is known to reach up to this position. */
  tell(position: bigint): void {
    for (const watch of this.#watches) watch.tell(position)
  }

  /** News may have been missed: wakes every watch once. */
  tellAll(): void {
    this.tell(unknownPosition)
  }

  /** Wakes every watch for the last time. */
  close(): void {
    this.#isClosed = true
    for (const watch of this.#watches) watch.close()
  }
}

/** Behind every cursor. */
const unknownPosition = 2n ** 63n

class NewsWatch implements LogWatch {
  readonly #onClose: () => void
  /**
   * The farthest position heard of and not yet acted on. Taken away when a reader is woken, never when it starts to wait: so
   * what arrives while it reads still wakes it, and a claim too high costs one look.
   */
  #heard = 0n
  #isClosed = false
  #after = 0n
  #wake: (() => void) | undefined

  constructor(onClose: () => void) {
    this.#onClose = onClose
  }

  changed(after: bigint, signal: AbortSignal): Promise<void> {
    if (this.#isClosed || signal.aborted) return Promise.resolve()
    if (this.#heard > after) {
      this.#heard = 0n
      return Promise.resolve()
    }
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake)
        this.#wake = undefined
        resolve()
      }
      this.#after = after
      this.#wake = wake
      signal.addEventListener('abort', wake, { once: true })
    })
  }

  tell(position: bigint): void {
    if (this.#wake === undefined) {
      if (position > this.#heard) this.#heard = position
    } else if (position > this.#after) this.#wake()
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#onClose()
    this.#wake?.()
  }
}
