// Sweeps and prunes on an interval, beside the host's work and never in its way: an error is logged and the next interval is
// another chance. Of several hosts on one storage one is at it at a time; the others notice and go on waiting.
import type { Clock, Logger, PruneResult, Random, Storage, SweepResult } from '@perdure/core'
import type { Troubles } from '../persistence/troubles.ts'
import { defaultGraceMs, defaultSweepIntervalMs } from './retention-options.ts'
import type { RetentionOptions } from './retention-options.ts'

/** What the loop works with. */
export interface RetentionDeps {
  readonly storage: Storage
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly troubles: Troubles
}

/** Waits, sweeps, waits again, until it is stopped. Its timer does not keep the process alive. */
export class RetentionLoop {
  readonly #deps: RetentionDeps
  readonly #options: RetentionOptions
  readonly #stopping = new AbortController()
  #timer: unknown
  #running: Promise<void> = Promise.resolve()

  constructor(deps: RetentionDeps, options: RetentionOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** Begins with a wait. Once. */
  start(): void {
    this.#wait()
  }

  /** Starts nothing more, and ends what is under way after its batch. Idempotent; never rejects. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#deps.clock.clearTimeout(this.#timer)
    await this.#running
  }

  #wait(): void {
    const { clock, random } = this.#deps
    const { sweepIntervalMs = defaultSweepIntervalMs } = this.#options
    const delayMs = Math.round(sweepIntervalMs * (0.5 + random.next()))
    this.#timer = clock.setTimeout(
      () => {
        this.#running = this.#run()
      },
      delayMs,
      { unref: true },
    )
  }

  async #run(): Promise<void> {
    const { logger, troubles } = this.#deps
    const { prune } = this.#options
    const result = await troubles.attempt(prune === undefined ? 'sweep' : 'prune', () => this.#sweep())
    if (result !== undefined) logger.debug({ ...result }, 'swept')
    if (result !== undefined && 'unmetBytes' in result && result.unmetBytes > 0) {
      const { unmetBytes } = result
      const message =
        'the byte cap is not met: what is left are permanent references of entities that live. Raise the cap, give large fields a lifetime, or delete entities'
      logger.warn({ unmetBytes, maxStoredBytes: prune?.maxStoredBytes }, message)
    }
    if (!this.#stopping.signal.aborted) this.#wait()
  }

  #sweep(): Promise<SweepResult | PruneResult> {
    const { storage, clock } = this.#deps
    const { graceMs = defaultGraceMs, prune } = this.#options
    const options = { now: clock.now(), graceMs, signal: this.#stopping.signal }
    return prune === undefined ? storage.sweep(options) : storage.prune({ ...options, ...prune })
  }
}
