// The single writer of a host: turns what many entities have to write into one transaction after another. It knows no
// models and no commands; entities tell it that they have something (`put`) and hear what became of it.
import { PerdureError, StorageError, noProbe, silentLogger, systemClock, systemRandom } from '@perdure/core'
import type { Clock, CommitResult, CommitUnit, Logger, Probe, Random, Storage } from '@perdure/core'
import { asPerdureError } from '../errors/as-perdure-error.ts'
import { defaultRetryPolicy } from './backoff.ts'
import type { RetryPolicy } from './backoff.ts'
import { PendingQueue } from './pending-queue.ts'
import type { Taken } from './pending-queue.ts'
import { withRetry } from './with-retry.ts'
import type { Writer } from './writer.ts'

/** What a write cycle is made of. */
export interface WriteCycleOptions {
  readonly storage: Storage
  readonly clock?: Clock
  readonly random?: Random
  readonly logger?: Logger
  readonly probe?: Probe
  readonly retry?: Partial<RetryPolicy>
  /** Events in one transaction. @defaultValue 1000 */
  readonly maxBatchEvents?: number
  /** Told once, when the cycle gives up. */
  readonly onError?: (error: PerdureError) => void
}

/** A burst of at most so many events goes in one transaction: dividing it would gain less than a second flush costs. */
const undividedBurst = 256

interface Captured {
  readonly taken: Taken<Writer, Writer>
  readonly unit: CommitUnit
}

/**
 * Modes: `idle` (nothing queued; a `put` starts it) → `running` (one write in flight, the next batch gathers) → `idle`,
 * or → `failed` (the retry budget of a write is spent; everything waiting has been rejected, and so is every later
 * `put`). There is never more than one write in flight, so positions commit in order.
 */
export class WriteCycle {
  readonly #storage: Storage
  readonly #deps: {
    readonly clock: Clock
    readonly random: Random
    readonly retry: RetryPolicy
    isWanted: () => boolean
  }
  readonly #logger: Logger
  readonly #probe: Probe
  readonly #maxBatchEvents: number
  readonly #onError: ((error: PerdureError) => void) | undefined
  readonly #queue = new PendingQueue<Writer, Writer>()
  #isRunning = false
  /** Tells the writers of a batch that it is stored, if they have not heard yet. */
  #untold: (() => void) | undefined
  /** Calls of `put` since the cycle was idle, until its first write: about as many events. */
  #burst = 0
  #isAbandoned = false
  #failure: PerdureError | undefined

  constructor(options: WriteCycleOptions) {
    const {
      storage,
      clock = systemClock,
      random = systemRandom,
      logger = silentLogger,
      probe = noProbe,
    } = options
    this.#storage = storage
    this.#deps = {
      clock,
      random,
      retry: { ...defaultRetryPolicy, ...options.retry },
      isWanted: () => !this.#isAbandoned,
    }
    this.#logger = logger
    this.#probe = probe
    this.#maxBatchEvents = options.maxBatchEvents ?? 1_000
    this.#onError = options.onError
  }

  /** Why the cycle gave up; undefined while it works. */
  get failure(): PerdureError | undefined {
    return this.#failure
  }

  /** Entities with something to write, in flight or waiting. */
  get pending(): number {
    return this.#queue.size
  }

  /** This entity has something to write. The write starts after the current tick, so that a burst goes together. */
  put(writer: Writer): void {
    if (this.#failure !== undefined) {
      writer.failed(this.#failure)
      return
    }
    this.#queue.put(writer, writer)
    this.#burst++
    if (this.#isRunning) return
    this.#isRunning = true
    queueMicrotask(() => void this.#run())
  }

  /**
   * Gives up: no retry any more, and everything is rejected, what is in flight as well; that may still be stored, but
   * nobody waits for it any longer.
   */
  abandon(error: PerdureError): void {
    this.#isAbandoned = true
    this.#tellStored()
    this.#failure ??= error
    this.#rejectAll(this.#failure)
  }

  async #run(): Promise<void> {
    let room = this.#firstRoom()
    while (this.#failure === undefined) {
      const batch = this.#take(room)
      room = this.#maxBatchEvents
      if (batch.length > 0) {
        const write = this.#write(batch)
        if (this.#untold !== undefined) await afterSending()
        this.#tellStored()
        this.#untold = await write
        if (!this.#storage.capabilities.shared) this.#tellStored()
      } else if (this.#untold !== undefined) this.#tellStored()
      // Cleared in the same synchronous step as the emptiness check: a `put` after it starts a new run.
      else if (this.#queue.waiting === 0) break
    }
    this.#tellStored()
    if (this.#failure !== undefined) this.#rejectAll(this.#failure)
    this.#isRunning = false
    this.#burst = 0
  }

  /**
   * Half of a large burst goes first. Askers who ask again when they are answered then come in two alternating groups:
   * while one is being stored, the other is being decided. Without it they march in step, and this process and the
   * database take turns at waiting for each other (bench/b02: half as many commands a second).
   */
  #firstRoom(): number {
    const half = Math.max(undividedBurst, Math.ceil(this.#burst / 2))
    this.#burst = 0
    return Math.min(half, this.#maxBatchEvents)
  }

  /** Captures the next batch synchronously: what is put from here on belongs to the batch after it. */
  #take(maxEvents: number): readonly Captured[] {
    let room = maxEvents
    const units: (CommitUnit | undefined)[] = []
    const takenKeys = this.#queue.take((writer) => {
      if (room <= 0) return false
      const unit = this.#capture(writer, room)
      units.push(unit)
      room -= unit?.events.length ?? 0
      return true
    })
    const batch: Captured[] = []
    for (const [index, taken] of takenKeys.entries()) {
      const unit = units[index]
      if (unit === undefined) this.#queue.ack(taken)
      else batch.push({ taken, unit })
    }
    return batch
  }

  /** A writer whose unit cannot even be made fails alone. */
  #capture(writer: Writer, maxEvents: number): CommitUnit | undefined {
    try {
      return writer.takeUnit(maxEvents)
    } catch (error) {
      this.#tell(() => writer.failed(asPerdureError(error)))
      return undefined
    }
  }

  /** Stores a batch. @returns what tells its writers so; those of a batch that failed have heard */
  async #write(batch: readonly Captured[]): Promise<(() => void) | undefined> {
    const units = batch.map(({ unit }) => unit)
    let results: readonly CommitResult[]
    try {
      await this.#probe('cycle.before_commit', { units: units.length })
      results = await withRetry(this.#deps, () => this.#storage.commit(units))
      await this.#probe('cycle.after_commit', { units: units.length })
    } catch (error) {
      this.#writeFailed(batch, asStorageError(error))
      return undefined
    }
    return () => {
      // The key is free before its writer hears: what the writer puts from there on starts anew.
      for (const [index, { taken }] of batch.entries()) {
        this.#queue.ack(taken)
        this.#tell(() => tellResult(taken.key, results[index]))
      }
    }
  }

  /**
   * Tells those whose batch is stored. That may be a moment later: when another batch is ready, it is sent first, since the
   * askers who hear have their next commands decided at once, and a database outside of this process should not wait for
   * that.
   */
  #tellStored(): void {
    const tell = this.#untold
    this.#untold = undefined
    tell?.()
  }

  /** A retryable error that outlived its budget ends the cycle; any other ends the commands of its batch only. */
  #writeFailed(batch: readonly Captured[], error: PerdureError): void {
    this.#logger.error({ code: error.code, units: batch.length }, `a write failed: ${error.message}`)
    if (error instanceof StorageError && error.retryable) this.#failure ??= error
    for (const { taken } of batch) {
      this.#queue.ack(taken)
      this.#tell(() => taken.key.failed(error))
    }
    if (this.#failure !== error) return
    try {
      this.#onError?.(error)
    } catch (thrown) {
      this.#logger.error({ error: String(thrown) }, 'onError threw')
    }
  }

  /** One writer that throws, or whose listeners do, neither ends the cycle nor changes what its neighbours hear. */
  #tell(call: () => void): void {
    try {
      call()
    } catch (error) {
      this.#logger.error({ error: String(error) }, 'an entity could not take in what became of its write')
    }
  }

  #rejectAll(error: PerdureError): void {
    for (const writer of this.#queue.clear()) this.#tell(() => writer.failed(error))
  }
}

/** Waits until what was begun in this turn of the event loop has gone out. */
function afterSending(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

function tellResult(writer: Writer, result: CommitResult | undefined): void {
  switch (result?.kind) {
    case 'committed':
      writer.committed()
      return
    case 'conflict':
      writer.conflicted(result.actualVersion)
      return
    case 'refused':
      writer.failed(result.error)
      return
    case undefined:
      writer.failed(new StorageError('storage_failed', 'the storage gave no result for a unit it was sent'))
  }
}

function asStorageError(error: unknown): PerdureError {
  if (error instanceof PerdureError) return error
  return new StorageError('storage_failed', `the storage threw what it should not: ${String(error)}`, {
    cause: error,
  })
}
