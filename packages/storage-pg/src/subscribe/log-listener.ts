// Listens for the commits of other processes while somebody in this one watches the log. One connection of its own, opened
// when the first watch comes and closed when the last goes; a lost one is replaced after a while, and whoever watches is
// woken then, for nobody heard what came meanwhile. Whatever fails here costs latency alone: readers look now and then anyway.
import { backoffMs } from '@perdure/core'
import type { Clock, Logger, LogNews, Random } from '@perdure/core'
import { awaitAgainMs, awaitNotices, channelOf } from '../commit/log-notice.ts'
import type { Engine, NoticeConnection } from '../connect/engine.ts'
import { translateError } from '../connect/sqlstate.ts'
import { pause } from './pause.ts'
import type { Tables } from '../schema/tables.ts'

/** What a listener needs. */
export interface LogListenerOptions {
  readonly engine: Engine
  readonly tables: Tables
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** Waits between tries to listen, milliseconds. */
const reconnect = { baseMs: 100, capMs: 15_000 }

/** Turns notices into news; does nothing on an engine that has none. */
export class LogListener {
  readonly #options: LogListenerOptions
  readonly #news: LogNews
  /** Ends the present run; undefined while nobody watches. */
  #stopping: AbortController | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(news: LogNews, options: LogListenerOptions) {
    this.#news = news
    this.#options = options
  }

  /** The first watch came, or the last one went. */
  setWatched(isWatched: boolean): void {
    if (this.#options.engine.openNotices === undefined) return
    this.#stopping?.abort()
    this.#stopping = isWatched ? new AbortController() : undefined
    const { signal } = this.#stopping ?? {}
    if (signal !== undefined) this.#running = this.#running.then(() => this.#run(signal))
  }

  /** Stops listening, and waits until the connection is closed. */
  async close(): Promise<void> {
    this.setWatched(false)
    await this.#running
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, logger, random } = this.#options
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        await this.#listen(signal, () => (attempt = 0))
      } catch (error) {
        const { code, message } = translateError(error, 'listening for new events')
        logger.warn({ code }, `${message}; readers look for themselves until it works`)
        // A role that may only read, or a standby: trying again will not help.
        if (code === 'storage_forbidden') return
      }
      await pause(clock, backoffMs(reconnect, Math.max(attempt, 1), random), signal)
    }
  }

  /** Listens until the connection is lost or the signal fires. */
  async #listen(signal: AbortSignal, onListening: () => void): Promise<void> {
    const { engine, tables, clock } = this.#options
    const statement = awaitNotices(tables).compile(engine.database).sql
    const connection = await engine.openNotices?.(channelOf(tables.schema), (payload) => this.#hear(payload))
    if (connection === undefined) return
    try {
      const over = AbortSignal.any([signal, lossOf(connection)])
      while (!over.aborted) {
        await connection.run(statement)
        onListening()
        // Commits announce themselves from here on; the look that this leads to finds those before.
        this.#news.tellAll()
        await pause(clock, awaitAgainMs, over)
      }
    } finally {
      await connection.close()
    }
  }

  /** Anybody may send a notice: it says no more than that it is worth a look. */
  #hear(payload: string): void {
    if (/^\d{1,19}$/.test(payload)) this.#news.tell(BigInt(payload))
    else this.#news.tellAll()
  }
}

function lossOf(connection: NoticeConnection): AbortSignal {
  const loss = new AbortController()
  void connection.lost.then(() => loss.abort())
  return loss.signal
}
