// A line that notices come in by: one connection that listens on one channel, replaced after a while when it is lost. Notices
// are only worth a look, and whoever is woken looks now and then anyway.
import { backoffMs } from '@perdure/core'
import type { Clock, Random } from '@perdure/core'
import type { NoticeConnection } from '../connect/engine.ts'
import { pause } from '../subscribe/pause.ts'

/** What a line needs. */
export interface NoticeLineOptions {
  readonly open: (onNotice: (payload: string) => void) => Promise<NoticeConnection>
  readonly clock: Clock
  readonly random: Random
  /** Something may have come: a notice, or nobody knows what while the connection was away. */
  readonly onNews: (payload?: string) => void
  /** The connection is there; nothing goes on before this is done. */
  readonly onConnected: () => Promise<void>
  readonly onTrouble: (error: unknown) => void
}

/** Waits between tries to connect, milliseconds. */
const reconnect = { baseMs: 100, capMs: 5_000 }

/** Listens from `start` until `close`. */
export class NoticeLine {
  readonly #options: NoticeLineOptions
  readonly #over = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(options: NoticeLineOptions) {
    this.#options = options
  }

  /** Resolves once it listens, or has failed to for the first time; it goes on trying then. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#running = this.#run(resolve)
    })
  }

  /** Stops, and waits until the connection is closed. */
  async close(): Promise<void> {
    this.#over.abort()
    await this.#running
  }

  async #run(onTried: () => void): Promise<void> {
    const { clock, random, onTrouble } = this.#options
    const { signal } = this.#over
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        await this.#listen(() => {
          attempt = 0
          onTried()
        })
        if (!signal.aborted) onTrouble(new Error('the connection was lost'))
      } catch (error) {
        if (!signal.aborted) onTrouble(error)
      }
      onTried()
      await pause(clock, backoffMs(reconnect, Math.max(attempt, 1), random), signal)
    }
  }

  async #listen(onListening: () => void): Promise<void> {
    const { open, onNews, onConnected } = this.#options
    const { signal } = this.#over
    const connection = await open(onNews)
    try {
      await onConnected()
      onListening()
      onNews()
      const ended = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true })
        if (signal.aborted) resolve()
      })
      await Promise.race([connection.lost, ended])
    } finally {
      await connection.close()
    }
  }
}
