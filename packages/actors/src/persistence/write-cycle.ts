// The single writer of a host: turns what many entities have to write into one transaction after another. It knows no
// models and no commands; entities tell it that they have something (`put`) and hear what became of it.
import { noProbe, silentLogger, systemClock, systemRandom } from '@perdure/core'
import type { Clock, Logger, PerdureError, Probe, Random, Storage } from '@perdure/core'
import { asPerdureError } from '../errors/as-perdure-error.ts'
import { defaultRetryPolicy } from './backoff.ts'
import type { RetryPolicy } from './backoff.ts'
import { BatchSizes } from './batch-sizes.ts'
import { BatchStore } from './batch-store.ts'
import { captureBatch } from './capture-batch.ts'
import type { BatchSource, Captured } from './capture-batch.ts'
import { newCounters } from './cycle-counters.ts'
import type { CycleCounters } from './cycle-counters.ts'
import { PendingQueue } from './pending-queue.ts'
import { Quarantine } from './quarantine.ts'
import { safeProbe } from './safe-probe.ts'
import { SetAside } from './set-aside.ts'
import { WriterTeller } from './writer-teller.ts'
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
  /** Bytes of events and contents in one transaction, as estimated; a single event over it goes alone. @defaultValue 8 MiB */
  readonly maxBatchBytes?: number
  /** Told once, when the cycle gives up. */
  readonly onError?: (error: PerdureError) => void
}

const defaultMaxBatchBytes = 8 * 1024 * 1024

/**
 * Modes: `idle` (nothing queued; a `put` starts it) → `running` (one write in flight, the next batch gathers) → `idle`,
 * or → `failed` (the storage has been away for longer than the retry budget; everything waiting has been rejected, and so
 * is every later `put`). There is never more than one write in flight, so positions commit in order. A unit that fails
 * while others are stored is set aside: tried again by itself, behind them, until its own budget is spent.
 */
export class WriteCycle {
  /** What this cycle has done. */
  readonly counters: CycleCounters = newCounters()
  /** Entities that are left alone; those that read look here too. */
  readonly quarantine: Quarantine
  readonly #isShared: boolean
  readonly #logger: Logger
  readonly #probe: Probe
  readonly #sizes: BatchSizes
  readonly #onError: ((error: PerdureError) => void) | undefined
  readonly #queue = new PendingQueue<Writer, Writer>()
  readonly #aside: SetAside
  readonly #source: BatchSource
  readonly #store: BatchStore
  readonly #teller: WriterTeller
  #isRunning = false
  /** Tells the writers of a batch that it is stored, if they have not heard yet. */
  #untold: (() => void) | undefined
  #isAbandoned = false
  #failure: PerdureError | undefined

  constructor(options: WriteCycleOptions) {
    const { clock = systemClock, random = systemRandom, logger = silentLogger } = options
    const { storage, probe = noProbe } = options
    const retry = { ...defaultRetryPolicy, ...options.retry }
    this.#isShared = storage.capabilities.shared
    this.#logger = logger
    this.#probe = safeProbe(probe, logger)
    const { maxBatchEvents = 1_000, maxBatchBytes = defaultMaxBatchBytes } = options
    this.#sizes = new BatchSizes(maxBatchEvents, maxBatchBytes)
    this.#onError = options.onError
    this.#aside = new SetAside({ clock, random, retry }, (taken) => {
      this.#queue.nack(taken)
      this.#wake()
    })
    const { counters } = this
    const quarantine = new Quarantine(clock)
    this.quarantine = quarantine
    const [queue, aside] = [this.#queue, this.#aside]
    this.#teller = new WriterTeller({ queue, aside, quarantine, counters, logger })
    const onFault = (writer: Writer, error: unknown): void => this.#teller.fail(writer, asPerdureError(error))
    this.#source = { queue, aside, onFault }
    this.#store = new BatchStore({
      storage,
      clock,
      random,
      retry,
      counters,
      isWanted: () => !this.#isAbandoned,
      areOthersWaiting: () => this.#queue.waiting > 0,
    })
  }

  /** Why the cycle gave up; undefined while it works. */
  get failure(): PerdureError | undefined {
    return this.#failure
  }

  /** Entities with something to write, in flight or waiting. */
  get pending(): number {
    return this.#queue.size
  }

  /** Why nothing can be stored just now, while that is being tried again; undefined when the last try went well. */
  get trouble(): PerdureError | undefined {
    return this.#store.trouble ?? this.#aside.trouble
  }

  /** This entity has something to write. The write starts after the current tick, so that a burst goes together. */
  put(writer: Writer): void {
    if (this.#failure !== undefined) {
      writer.failed(this.#failure)
      return
    }
    this.#queue.put(writer, writer)
    this.#sizes.notePut()
    this.#wake()
  }

  /**
   * Gives up: no retry any more, and everything is rejected, what is in flight as well; that may still be stored, but
   * nobody waits for it any longer.
   */
  abandon(error: PerdureError): void {
    this.#isAbandoned = true
    this.#fail(error)
  }

  #wake(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    queueMicrotask(() => void this.#run())
  }

  async #run(): Promise<void> {
    let room = this.#sizes.first()
    while (this.#failure === undefined) {
      const batch = captureBatch(this.#source, room)
      room = this.#sizes.next()
      if (batch.length > 0) {
        const write = this.#write(batch)
        if (this.#untold !== undefined) await afterSending()
        this.#tellStored()
        this.#untold = await write
        if (!this.#isShared) this.#tellStored()
      } else if (this.#untold !== undefined) this.#tellStored()
      // Cleared in the same synchronous step as the emptiness check: a `put` after it starts a new run.
      else if (this.#queue.waiting === 0) break
    }
    this.#tellStored()
    this.#isRunning = false
    this.#sizes.noteIdle()
  }

  /** Stores a batch. @returns what tells its writers what became of it */
  async #write(batch: readonly Captured[]): Promise<(() => void) | undefined> {
    const facts = { units: batch.length }
    await this.#probe('cycle.before_commit', facts)
    const { outcomes, failure } = await this.#store.store(batch, this.#aside.historyOf(batch))
    await this.#probe('cycle.after_commit', facts)
    if (failure === undefined) return () => this.#teller.tell(batch, outcomes)
    this.#giveUp(failure)
    return undefined
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

  /** The storage has been away for longer than the budget. */
  #giveUp(error: PerdureError): void {
    if (this.#failure !== undefined) return
    const facts = { code: error.code, entities: this.pending }
    this.#fail(error)
    this.#logger.error(facts, `the host gives up writing: ${error.message}`)
    try {
      this.#onError?.(error)
    } catch (thrown) {
      this.#logger.error({ error: String(thrown) }, 'onError threw')
    }
  }

  /** Rejects everybody, but for those whose batch is stored. */
  #fail(error: PerdureError): void {
    if (this.#failure !== undefined) return
    this.#tellStored()
    this.#failure = error
    this.#aside.close()
    this.#store.close()
    for (const writer of this.#queue.clear()) this.#teller.fail(writer, error)
  }
}

/** Waits until what was begun in this turn of the event loop has gone out. */
function afterSending(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
