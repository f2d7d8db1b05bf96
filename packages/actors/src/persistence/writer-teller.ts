// Tells writers what became of their units, and draws the conclusions: who may write again, who is set aside, who goes into
// quarantine. Called by the write cycle when a batch has been stored, or cannot be.
import type { Logger, PerdureError } from '@perdure/core'
import type { FailedUnit, StoredUnit } from './batch-store.ts'
import type { Captured } from './capture-batch.ts'
import type { CycleCounters } from './cycle-counters.ts'
import type { PendingQueue } from './pending-queue.ts'
import type { SetAside } from './set-aside.ts'
import { Strikes } from './strikes.ts'
import type { Quarantine } from './quarantine.ts'
import type { Writer } from './writer.ts'

/** Where the outcome of a unit leaves its traces. */
export interface WriterTellerOptions {
  readonly queue: PendingQueue<Writer, Writer>
  readonly aside: SetAside
  readonly quarantine: Quarantine
  readonly counters: CycleCounters
  readonly logger: Logger
}

/** One writer that throws, or whose listeners do, neither ends the cycle nor changes what its neighbours hear. */
export class WriterTeller {
  readonly #options: WriterTellerOptions
  readonly #strikes = new Strikes()

  constructor(options: WriterTellerOptions) {
    this.#options = options
  }

  /** Each hears of its own unit, in the order of the batch. */
  tell(batch: readonly Captured[], outcomes: readonly StoredUnit[]): void {
    for (const [index, captured] of batch.entries()) {
      const outcome = outcomes[index]
      if (outcome !== undefined) this.#tellOne(captured, outcome)
    }
  }

  /** The writer can write no more, or not this. */
  fail(writer: Writer, error: PerdureError): void {
    this.#guard(() => writer.failed(error))
  }

  #tellOne(captured: Captured, outcome: StoredUnit): void {
    const { queue, aside, counters } = this.#options
    const { taken, unit } = captured
    if (outcome.kind === 'later') {
      aside.put(captured, outcome.error, counters.commits)
      return
    }
    aside.delete(taken.key)
    if (outcome.kind === 'committed') this.#strikes.clear(unit.entity)
    if (outcome.kind === 'failed') this.#strike(captured, outcome)
    // The key is free before its writer hears: what the writer puts from there on starts anew.
    queue.ack(taken)
    this.#guard(() => tellOutcome(taken.key, outcome))
  }

  /** A unit failed for good, and the storage did not. */
  #strike({ unit: { entity } }: Captured, { error, isSpent }: FailedUnit): void {
    const { quarantine, counters, logger } = this.#options
    const facts = { code: error.code, entity: entity.id, type: entity.type }
    logger.error(facts, `a write failed: ${error.message}`)
    if (!isSpent && !this.#strikes.strike(entity, error, counters.commits)) return
    this.#strikes.clear(entity)
    quarantine.confine(entity, 'unwritable', error)
  }

  #guard(tell: () => void): void {
    try {
      tell()
    } catch (error) {
      const facts = { error: String(error) }
      this.#options.logger.error(facts, 'an entity could not take in what became of its write')
    }
  }
}

function tellOutcome(writer: Writer, outcome: Exclude<StoredUnit, { readonly kind: 'later' }>): void {
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
