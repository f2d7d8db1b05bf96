// Writes that nobody waits for: snapshots, marks, contents to put back. They go behind the commits that made them due, one
// at a time; what fails is tried again behind, and health says `degraded` until it succeeds.
import { backoffMs } from '@perdure/core'
import type { Clock, Logger, PerdureError, Random } from '@perdure/core'
import { asPerdureError } from '../errors/as-perdure-error.ts'
import type { RetryPolicy } from './backoff.ts'
import type { OperationOf } from './failure-policy.ts'
import { PendingQueue } from './pending-queue.ts'
import type { Taken } from './pending-queue.ts'

/** A write that may come late, and only the newest of which counts. */
export interface BestEffortWrite {
  readonly operation: OperationOf<'bestEffort'>
  /** What it is about, for people: an entity, a projection. */
  readonly about: string
  /** The newest write of an operation under a key replaces older ones. */
  readonly key: string
  readonly run: () => Promise<unknown>
}

/** A write that has failed and is kept. */
export interface DirtyWrite {
  readonly operation: string
  readonly about: string
  readonly error: PerdureError
}

/** What the queue is made of. */
export interface BestEffortOptions {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly retry: RetryPolicy
  /** Writes that are kept; what comes on top of them is dropped and counted. @defaultValue 10000 */
  readonly maxEntries?: number
}

/**
 * Modes: `idle` (empty; a `put` starts it) → `running` (a pass: everything that waits, one by one) → `idle`, or →
 * `resting` (something failed; a timer starts the next pass, `flush` does so at once) → `running`; and `closed`, from any.
 */
export class BestEffortQueue {
  readonly #options: BestEffortOptions
  readonly #maxEntries: number
  readonly #queue = new PendingQueue<string, BestEffortWrite>()
  readonly #dirty = new Map<string, DirtyWrite>()
  #isRunning = false
  #isClosed = false
  #failedPasses = 0
  #dropped = 0
  #timer: unknown
  #afterPass: (() => void)[] = []

  constructor(options: BestEffortOptions) {
    this.#options = options
    this.#maxEntries = options.maxEntries ?? 10_000
  }

  /** Writes that are not done. */
  get size(): number {
    return this.#queue.size
  }

  /** Writes that were not taken because there were too many. */
  get dropped(): number {
    return this.#dropped
  }

  /** Writes that have failed and are kept. */
  get dirty(): readonly DirtyWrite[] {
    return [...this.#dirty.values()]
  }

  put(write: BestEffortWrite): void {
    const key = `${write.operation} ${write.key}`
    if (this.#isClosed) return
    if (this.#queue.size >= this.#maxEntries && !this.#queue.has(key)) {
      this.#dropped++
      return
    }
    this.#queue.put(key, write)
    if (this.#timer === undefined) this.#start()
  }

  /** Tries everything that is not done, once, at once. */
  async flush(): Promise<void> {
    if (this.#queue.size === 0 || this.#isClosed) return
    // A pass that is under way may have failed already with what this one tries once more.
    if (this.#isRunning) await this.#passEnds()
    if (this.#queue.size === 0 || this.#isClosed) return
    const passed = this.#passEnds()
    this.#start()
    await passed
  }

  /** Forgets what is not done. @returns that, in so far as it has failed */
  close(): readonly DirtyWrite[] {
    const left = this.dirty
    this.#isClosed = true
    this.#rest()
    this.#queue.clear()
    this.#dirty.clear()
    this.#endPass()
    return left
  }

  #passEnds(): Promise<void> {
    return new Promise((resolve) => {
      this.#afterPass.push(resolve)
    })
  }

  #start(): void {
    this.#rest()
    if (this.#isRunning) return
    this.#isRunning = true
    queueMicrotask(() => void this.#run())
  }

  #rest(): void {
    if (this.#timer === undefined) return
    this.#options.clock.clearTimeout(this.#timer)
    this.#timer = undefined
  }

  async #run(): Promise<void> {
    let isClean = true
    while (isClean && this.#queue.waiting > 0) {
      isClean = await this.#pass()
      if (isClean) this.#failedPasses = 0
      else this.#failedPasses++
    }
    // In the same synchronous step as the emptiness check: a `put` after it starts a new run.
    this.#isRunning = false
    if (!isClean && !this.#isClosed) this.#restAWhile()
    this.#endPass()
  }

  #restAWhile(): void {
    const { clock, random, retry } = this.#options
    const wake = (): void => {
      this.#timer = undefined
      this.#start()
    }
    const delayMs = backoffMs(retry, this.#failedPasses, random)
    this.#timer = clock.setTimeout(wake, delayMs, { unref: true })
  }

  async #pass(): Promise<boolean> {
    let isClean = true
    for (const taken of this.#queue.take(() => true)) {
      if (this.#isClosed) return true
      if (!(await this.#attempt(taken))) isClean = false
    }
    return isClean
  }

  async #attempt(taken: Taken<string, BestEffortWrite>): Promise<boolean> {
    const { operation, about, run } = taken.item
    try {
      await run()
    } catch (thrown) {
      this.#failed(taken, asPerdureError(thrown))
      return false
    }
    this.#queue.ack(taken)
    if (this.#dirty.delete(taken.key))
      this.#options.logger.info({ operation, about }, `${operation} is stored at last`)
    return true
  }

  #failed(taken: Taken<string, BestEffortWrite>, error: PerdureError): void {
    if (this.#isClosed) return
    const { operation, about } = taken.item
    this.#queue.nack(taken)
    if (!this.#dirty.has(taken.key)) {
      const facts = { code: error.code, operation, about }
      this.#options.logger.warn(facts, `${operation} failed and will be tried again: ${error.message}`)
    }
    this.#dirty.set(taken.key, { operation, about, error })
  }

  #endPass(): void {
    for (const resolve of this.#afterPass.splice(0)) resolve()
  }
}
