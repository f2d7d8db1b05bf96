// What a consumer's loop notes of itself in this process, for whoever looks after it: its status, and what it reports. It decides
// nothing, and what it does not know it leaves out.
import type { Clock } from '../ports/clock.ts'
import type { Attributes, Operation, Telemetry } from '../ports/telemetry.ts'
import type { ConsumerState } from '../storage/consumer.ts'
import type { LogPage } from '../storage/log.ts'
import { consumerInstruments } from './consumer-instruments.ts'

/** How a consumer is, as far as this process knows without asking the storage. */
export interface ConsumerStatus {
  readonly name: string
  /**
   * Who does its work: this process, another one, nobody before it may be tried again, nobody until it is reset, or nobody here any
   * more.
   */
  readonly work: 'here' | 'elsewhere' | 'waiting' | 'blocked' | 'stopped'
  /** Everything up to here that concerns it has been dealt with. */
  readonly position: bigint
  /** Positions between that and the head of the log, when this process last looked. */
  readonly lag: bigint
  /** Age of the oldest event that is not handled, milliseconds; 0 when there is none, absent where nobody here has read it. */
  readonly lagMs?: number
  /** How often in a row the same batch has failed. */
  readonly attempts: number
  /** What the last failure said; absent once the checkpoint moves. */
  readonly lastError?: string
  /** Events handled by this process. */
  readonly handled: number
  /** Tries of this process that failed. */
  readonly failed: number
}

const { consume, consumerEvents, consumerFailures, consumerBlocks, consumerLag, consumerLagMs } =
  consumerInstruments

/** Keeps the status of one consumer. */
export class ConsumerMonitor {
  readonly #name: string
  readonly #clock: Clock
  readonly #telemetry: Telemetry
  readonly #attributes: Attributes
  #work: ConsumerStatus['work'] = 'waiting'
  #position = 0n
  #head = 0n
  /** When the oldest event was decided that was read here and not handled, epoch milliseconds. */
  #oldestAt: number | undefined
  #attempts = 0
  #lastError: string | undefined
  #handled = 0
  #failed = 0

  constructor(options: { readonly name: string; readonly clock: Clock; readonly telemetry: Telemetry }) {
    this.#name = options.name
    this.#clock = options.clock
    this.#telemetry = options.telemetry
    this.#attributes = { 'perdure.consumer': options.name }
  }

  status(): ConsumerStatus {
    const lagMs = this.#lagMs()
    return {
      name: this.#name,
      work: this.#work,
      position: this.#position,
      lag: this.#lag,
      ...(lagMs !== undefined && { lagMs }),
      attempts: this.#attempts,
      ...(this.#lastError !== undefined && { lastError: this.#lastError }),
      handled: this.#handled,
      failed: this.#failed,
    }
  }

  /** The storage said who has the work, and how far the consumer is. */
  claimed(
    work: Exclude<ConsumerStatus['work'], 'stopped'>,
    { position, lag, attempts, lastError }: ConsumerState,
  ): void {
    // What was read here says nothing of what another has in hand.
    if (position !== this.#position || work === 'elsewhere') this.#oldestAt = undefined
    this.#work = work
    this.#position = position
    this.#head = position + lag
    this.#attempts = attempts
    this.#lastError = lastError
    this.#report()
  }

  /** A page was read. */
  read({ entries, seenUpTo, head }: LogPage): void {
    this.#head = head
    const [first] = entries
    if (first === undefined) this.#moveTo(seenUpTo)
    else this.#oldestAt = first.event.at
    this.#report()
  }

  /** The log has grown meanwhile. */
  grown(head: bigint): void {
    this.#head = head
    this.#report()
  }

  /** A batch is being handled. */
  started({ entries }: LogPage): Operation {
    return this.#telemetry.start(consume.name, { ...this.#attributes, 'perdure.events': entries.length })
  }

  /** It is handled, and its checkpoint stored. */
  handled({ entries, seenUpTo }: LogPage): void {
    this.#handled += entries.length
    this.#telemetry.count(consumerEvents.name, entries.length, this.#attributes)
    this.#moveTo(seenUpTo)
    this.#report()
  }

  /** It failed, and nobody has the work before it is tried again, or until it is reset. */
  failed(attempts: number, error: string, isBlocked: boolean): void {
    this.#failed++
    this.#telemetry.count(consumerFailures.name, 1, this.#attributes)
    if (isBlocked) this.#telemetry.count(consumerBlocks.name, 1, this.#attributes)
    this.gaveBack(attempts, error, isBlocked)
  }

  /** The work was given back, for a reason that is no failure. */
  gaveBack(attempts: number, error: string, isBlocked: boolean = false): void {
    this.#work = isBlocked ? 'blocked' : 'waiting'
    this.#attempts = attempts
    this.#lastError = error
    this.#report()
  }

  stopped(): void {
    this.#work = 'stopped'
  }

  get #lag(): bigint {
    return this.#head > this.#position ? this.#head - this.#position : 0n
  }

  #moveTo(position: bigint): void {
    if (position > this.#position) {
      this.#position = position
      this.#attempts = 0
      this.#lastError = undefined
    }
    if (this.#lag === 0n) this.#oldestAt = undefined
  }

  #lagMs(): number | undefined {
    if (this.#oldestAt !== undefined) return Math.max(0, this.#clock.now() - this.#oldestAt)
    return this.#lag === 0n ? 0 : undefined
  }

  #report(): void {
    if (this.#telemetry.gauge === undefined) return
    this.#telemetry.gauge(consumerLag.name, Number(this.#lag), this.#attributes)
    const lagMs = this.#lagMs()
    if (lagMs !== undefined) this.#telemetry.gauge(consumerLagMs.name, lagMs, this.#attributes)
  }
}
