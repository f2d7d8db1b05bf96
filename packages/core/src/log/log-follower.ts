// Goes through the log with a cursor: reads pages, and waits where they end. Used by subscribe and by consumers, which decide
// what becomes of a page. Outlives a storage that is away for a while; ends with its signal, or with the storage.
import { isPerdureError } from '../errors/perdure-error.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import { backoffMs } from '../ports/backoff.ts'
import type { Random } from '../ports/random.ts'
import type { LogPage, LogRange, LogWatch } from '../storage/log.ts'
import { StorageError } from '../storage/storage-error.ts'
import type { Storage } from '../storage/storage.ts'
import { pause } from './pause.ts'

/** What a reader of the log needs of a storage. */
export type LogSource = Pick<Storage, 'readLog' | 'watchLog'>

/** What a follower works with. */
export interface FollowerOptions {
  readonly storage: LogSource
  readonly after: bigint
  readonly filter: Pick<LogRange, 'types' | 'tenant' | 'maxBytes'>
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** Waits between tries while the storage is away, milliseconds. */
const retry = { baseMs: 50, capMs: 5_000 }

/** A cursor that moves over the log. */
export class LogFollower {
  readonly #options: FollowerOptions
  #cursor: bigint
  #watch: LogWatch | undefined

  constructor(options: FollowerOptions) {
    this.#options = options
    this.#cursor = options.after
  }

  /**
   * The next page, empty or not; the cursor moves to what it has seen. Undefined once the signal has fired or the storage is
   * closed. While the storage is away it tries again, for as long as it takes. @throws StorageError that trying again does not mend
   */
  async read(limit: number): Promise<LogPage | undefined> {
    const { storage, filter, signal } = this.#options
    const page = await retrying(this.#options, async () => {
      // Before the page is read: what comes after it wakes the watch.
      this.#watch ??= await storage.watchLog()
      return storage.readLog({ ...filter, after: this.#cursor, limit })
    })
    if (page === undefined || signal.aborted) return undefined
    this.#cursor = page.seenUpTo
    return page
  }

  /** Waits until there may be more behind the cursor, for `patienceMs` at most. */
  async wait(patienceMs: number): Promise<void> {
    const { clock, signal } = this.#options
    if (this.#watch === undefined) return
    const over = new AbortController()
    const end = (): void => over.abort()
    const timer = clock.setTimeout(end, patienceMs)
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
    await this.#watch.changed(this.#cursor, over.signal)
    clock.clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }

  close(): void {
    this.#watch?.close()
    this.#watch = undefined
  }
}

/**
 * Repeats a call of the storage for as long as that may help. Undefined once the signal has fired or the storage is closed.
 * @throws whatever trying again does not mend
 */
export async function retrying<Result>(
  { clock, random, logger, signal }: Pick<FollowerOptions, 'clock' | 'random' | 'logger' | 'signal'>,
  call: () => Promise<Result>,
): Promise<Result | undefined> {
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (isPerdureError(error, 'storage_closed')) return undefined
      if (!(error instanceof StorageError && error.retryable)) throw error
      if (attempt === 1) logger.warn({ code: error.code }, `${error.message}; trying again until it works`)
      await pause(clock, backoffMs(retry, attempt, random), signal)
    }
  }
  return undefined
}
