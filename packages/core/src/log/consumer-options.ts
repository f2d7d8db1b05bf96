import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { Random } from '../ports/random.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import type { EntityEvent } from '../entity/event.ts'
import type { LogEntry, LogRange } from '../storage/log.ts'
import type { ConsumerStatus } from './consumer-monitor.ts'

/** What a handler is told beside the events. */
export interface ConsumerContext {
  /** Fires when the consumer stops, or has lost its work to another. */
  readonly signal: AbortSignal
  /** Which try this is, from 1. */
  readonly attempt: number
}

/** What a consumer does with events: a batch at a time, in order of position, the next one when this one is done. */
export type ConsumerWork =
  /**
   * For whatever is outside of the storage's database. Each event comes at least once: again, should the process end between
   * the handler and the checkpoint.
   */
  | {
      readonly handler: (entries: readonly LogEntry[], context: ConsumerContext) => unknown
      readonly project?: never
    }
  /**
   * For what is written through the transaction, which the checkpoint is part of: the effect of each event is there exactly
   * once. What the transaction is depends on the storage, whose package has a typed form of this.
   */
  | {
      readonly project: (
        transaction: unknown,
        entries: readonly LogEntry[],
        context: ConsumerContext,
      ) => unknown
      readonly handler?: never
    }

/** How a consumer goes about it; everything but its name has a default. */
export interface ConsumerOptions extends Pick<LogRange, 'types' | 'tenant' | 'maxBytes'> {
  /** Under which its checkpoint is kept. Of all consumers of one name, in all processes, one works at a time. */
  readonly name: string
  /**
   * Where it starts when its name is new: `'now'`, behind everything committed so far; a position, behind that one, which is
   * how a consumer that is renamed goes on from where it was. @defaultValue 'start'
   */
  readonly from?: 'start' | 'now' | bigint
  /** Events in one batch, at most. @defaultValue 500 */
  readonly batch?: number
  /** What happens to a batch that fails. After the first failure events come one by one, up to the end of that batch. */
  readonly retry?: {
    /** Upper bound of the first wait, milliseconds; doubles with each try. @defaultValue 500 */
    readonly baseMs?: number
    /** Upper bound of every wait, milliseconds. @defaultValue 60_000 */
    readonly capMs?: number
    /** Tries after which the consumer is blocked, until it is reset. @defaultValue 10 */
    readonly maxAttempts?: number
  }
  /** How long after the death of its process another may take over, milliseconds. @defaultValue 15_000 */
  readonly leaseMs?: number
  /** How long at most until it looks for itself, should no news come, milliseconds. @defaultValue 1000 */
  readonly pollIntervalMs?: number
}

/** A consumer's options, its work, and the ports. */
export type ConsumeOptions = ConsumerOptions &
  ConsumerWork & {
    /** Stops it. */
    readonly signal?: AbortSignal
    /** Unlike that of any other process. @defaultValue drawn by chance */
    readonly owner?: string
    /**
     * How an event reads to whoever handles it, such as `upcastEvent` of its type's model. An error `spec_outdated` has the work
     * left to a process with a newer spec; any other is a failure. @defaultValue as it is stored
     */
    readonly readAs?: (event: EntityEvent) => EntityEvent
    readonly clock?: Clock
    readonly random?: Random
    readonly logger?: Logger
    readonly telemetry?: Telemetry
  }

/** A consumer at work. */
export interface Consumer extends AsyncDisposable {
  readonly name: string
  /** How it is, as far as this process knows; nothing is asked of the storage. */
  status(): ConsumerStatus
  /** Stops: takes no more events, waits for the handler, gives the work back. Not to be waited for by the handler. Idempotent. */
  stop(): Promise<void>
}
