// The single writer of a host: turns what many entities have to write into one transaction after another. It knows no
// models and no commands; entities tell it that they have something (`put`) and hear what became of it.
import { noProbe, silentLogger, systemClock, systemRandom } from '@perdure/core'
import type { Clock, Logger, PerdureError, Probe, Random, Storage } from '@perdure/core'
import { asPerdureError } from '../errors/as-perdure-error.ts'
import { defaultRetryPolicy } from './backoff.ts'
import type { RetryPolicy } from './backoff.ts'
import { BatchRoom } from './batch-room.ts'
import { BatchStore } from './batch-store.ts'
import type { Captured, StoredBatch } from './batch-store.ts'
import { newCounters } from './cycle-counters.ts'
import type { CycleCounters } from './cycle-counters.ts'
import { PendingQueue } from './pending-queue.ts'
import { SetAside } from './set-aside.ts'
import type { UnitOutcome } from './try-commit.ts'
import { WriteQuarantine } from './write-quarantine.ts'
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

/** A burst of at most so many events goes in one transaction: dividing it would gain less than a second flush costs. */
const undividedBurst = 256

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
  /** Entities that it leaves alone. */
  readonly quarantine: WriteQuarantine = new WriteQuarantine()
  readonly #isShared: boolean
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #probe: Probe
  readonly #maxBatchEvents: number
  readonly #maxBatchBytes: number
  readonly #onError: ((error: PerdureError) => void) | undefined
  readonly #queue = new PendingQueue<Writer, Writer>()
  readonly #aside: SetAside
  readonly #store: BatchStore
  #isRunning = false
  /** Tells the writers of a batch that it is stored, if they have not heard yet. */
  #untold: (() => void) | undefined
  /** Calls of `put` since the cycle was idle, until its first write: about as many events. */
  #burst = 0
  #isAbandoned = false
  #failure: PerdureError | undefined

  constructor(options: WriteCycleOptions) {
    const { clock = systemClock, random = systemRandom, logger = silentLogger } = options
    const { storage, probe = noProbe } = options
    const retry = { ...defaultRetryPolicy, ...options.retry }
    this.#isShared = storage.capabilities.shared
    this.#clock = clock
    this.#logger = logger
    this.#probe = probe
    this.#maxBatchEvents = options.maxBatchEvents ?? 1_000
    this.#maxBatchBytes = options.maxBatchBytes ?? defaultMaxBatchBytes
    this.#onError = options.onError
    this.#aside = new SetAside({ clock, random, retry }, (taken) => {
      this.#queue.nack(taken)
      this.#wake()
    })
    this.#store = new BatchStore({
      storage,
      clock,
      random,
      retry,
      counters: this.counters,
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
    this.#burst++
    this.#wake()
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

  #wake(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    queueMicrotask(() => void this.#run())
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
        if (!this.#isShared) this.#tellStored()
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
    const room = new BatchRoom(maxEvents, this.#maxBatchBytes)
    const captured: (Captured['unit'] | undefined)[] = []
    let isAlone = false
    const takenKeys = this.#queue.take((writer) => {
      if (isAlone || room.isFull) return false
      const aside = this.#aside.unitOf(writer)
      // What was set aside goes by itself, and exactly as it was captured.
      if (aside !== undefined && captured.some((unit) => unit !== undefined)) return false
      isAlone = aside !== undefined
      const unit = aside ?? this.#capture(writer, room)
      if (unit === undefined && room.isFull) return false
      captured.push(unit)
      return true
    })
    const batch: Captured[] = []
    for (const [index, taken] of takenKeys.entries()) {
      const unit = captured[index]
      if (unit === undefined) this.#queue.ack(taken)
      else batch.push({ taken, unit })
    }
    return batch
  }

  /** A writer whose unit cannot even be made fails alone. */
  #capture(writer: Writer, room: BatchRoom): Captured['unit'] | undefined {
    try {
      return writer.takeUnit(room)
    } catch (error) {
      this.#tell(() => writer.failed(asPerdureError(error)))
      return undefined
    }
  }

  /** Stores a batch. @returns what tells its writers what became of it */
  async #write(batch: readonly Captured[]): Promise<(() => void) | undefined> {
    await this.#reach('cycle.before_commit', batch)
    const stored = await this.#store.store(batch, this.#aside.historyOf(batch))
    await this.#reach('cycle.after_commit', batch)
    if (stored.failure !== undefined) {
      this.#giveUp(batch, stored.failure)
      return undefined
    }
    return () => this.#tellBatch(batch, stored)
  }

  /** A probe that throws is a fault of whoever set it, and none of the batch. */
  async #reach(point: string, batch: readonly Captured[]): Promise<void> {
    try {
      await this.#probe(point, { units: batch.length })
    } catch (error) {
      this.#logger.error({ point, error: String(error) }, 'a probe threw')
    }
  }

  #tellBatch(batch: readonly Captured[], { outcomes }: StoredBatch): void {
    for (const [index, captured] of batch.entries()) {
      const outcome = outcomes[index]
      if (outcome !== undefined) this.#tellOne(captured, outcome)
    }
  }

  #tellOne({ taken, unit }: Captured, outcome: StoredBatch['outcomes'][number]): void {
    const writer = taken.key
    if (outcome.kind === 'later') {
      if (this.#failure === undefined) this.#aside.put({ taken, unit }, outcome.error, this.counters.commits)
      return
    }
    this.#aside.delete(writer)
    if (outcome.kind === 'committed') this.quarantine.clear(unit.entity)
    if (outcome.kind === 'failed') this.#strike({ taken, unit }, outcome)
    // The key is free before its writer hears: what the writer puts from there on starts anew.
    this.#queue.ack(taken)
    this.#tell(() => tellOutcome(writer, outcome))
  }

  /** A unit failed for good, and the storage did not. */
  #strike(
    { unit }: Captured,
    { error, isSpent }: { readonly error: PerdureError; readonly isSpent: boolean },
  ): void {
    const { entity } = unit
    this.#logger.error(
      { code: error.code, entity: entity.id, type: entity.type },
      `a write failed: ${error.message}`,
    )
    if (isSpent) this.quarantine.confine(entity, error, this.#clock.now())
    else this.quarantine.strike(entity, error, this.counters.commits, this.#clock.now())
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
  #giveUp(batch: readonly Captured[], error: PerdureError): void {
    this.#failure ??= error
    for (const { taken } of batch) {
      this.#queue.ack(taken)
      this.#tell(() => taken.key.failed(error))
    }
    if (this.#failure !== error) return
    this.#logger.error(
      { code: error.code, units: batch.length },
      `the host gives up writing: ${error.message}`,
    )
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
    this.#aside.clear()
    this.#store.close()
    for (const writer of this.#queue.clear()) this.#tell(() => writer.failed(error))
  }
}

/** Waits until what was begun in this turn of the event loop has gone out. */
function afterSending(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

function tellOutcome(writer: Writer, outcome: UnitOutcome): void {
  switch (outcome.kind) {
    case 'committed':
      writer.committed()
      return
    case 'conflict':
      writer.conflicted(outcome.actualVersion)
      return
    case 'refused':
    case 'failed':
      writer.failed(outcome.error)
  }
}
