// The life of one named consumer in one process. Modes:
// - claiming: it wants the work. Left when it gets it, or with `stop`. Waits while another has it, after a failure until the
//   time that is stored, and while it is blocked.
// - working: it has the work under an epoch (`consumer-shift`). Left when a batch fails, when the epoch is another's, or with `stop`.
// What is certain is what the storage says: after anything unclear it claims again, and goes on from the checkpoint it is told.
import { assertNever } from '../errors/assert-never.ts'
import { isPerdureError } from '../errors/perdure-error.ts'
import type { ConsumerClaimResult } from '../storage/consumer.ts'
import { ConsumerMonitor } from './consumer-monitor.ts'
import type { ConsumerStatus } from './consumer-monitor.ts'
import { ConsumerShift } from './consumer-shift.ts'
import type { Care, ConsumerStore, LoopOptions, ShiftPorts } from './consumer-shift.ts'
import { retrying } from './log-follower.ts'
import { pause } from './pause.ts'

/** Claims, works, fails, claims again. */
export class ConsumerLoop {
  readonly #storage: ConsumerStore
  readonly #options: LoopOptions
  readonly #monitor: ConsumerMonitor
  readonly #stopping = new AbortController()
  readonly #care: Care = { upTo: 0n }

  constructor(storage: ConsumerStore, options: LoopOptions) {
    this.#storage = storage
    this.#options = options
    this.#monitor = new ConsumerMonitor(options)
  }

  status(): ConsumerStatus {
    return this.#monitor.status()
  }

  stop(): void {
    this.#stopping.abort()
  }

  /** Resolves once it is stopped; never rejects. */
  async run(): Promise<void> {
    await this.#run()
    this.#monitor.stopped()
  }

  async #run(): Promise<void> {
    const { clock, logger, leaseMs, name } = this.#options
    while (!this.#isStopping) {
      try {
        const claim = await this.#claim()
        if (claim === undefined) return
        this.#monitor.claimed(workOf[claim.kind], claim.consumer)
        if (claim.kind === 'claimed') await this.#work(claim)
        else await pause(clock, this.#delayOf(claim), this.#stopping.signal)
      } catch (error) {
        if (isPerdureError(error, 'storage_closed')) return
        logger.error({ consumer: name, error: String(error) }, 'a consumer cannot reach its checkpoint')
        await pause(clock, leaseMs, this.#stopping.signal)
      }
    }
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted
  }

  get #ports(): ShiftPorts {
    const { clock, random, logger } = this.#options
    return { clock, random, logger, signal: this.#stopping.signal }
  }

  #claim(): Promise<ConsumerClaimResult | undefined> {
    const { name, owner, leaseMs, clock, from = 'start' } = this.#options
    const start = from === 'start' ? 0n : from === 'now' ? 'head' : from
    return retrying(this.#ports, () =>
      this.#storage.claimConsumer({ name, owner, from: start, now: clock.now(), leaseMs }),
    )
  }

  #delayOf({ kind, consumer }: Exclude<ConsumerClaimResult, { kind: 'claimed' }>): number {
    const { clock, leaseMs } = this.#options
    const until = (time: number | undefined): number =>
      Math.min(Math.max((time ?? 0) - clock.now(), 1), leaseMs)
    switch (kind) {
      case 'held':
        return until(consumer.heldUntil)
      case 'waiting':
        return until(consumer.nextAttemptAt)
      case 'blocked':
        return leaseMs
      default:
        return assertNever(kind)
    }
  }

  async #work({ epoch, consumer }: Extract<ConsumerClaimResult, { kind: 'claimed' }>): Promise<void> {
    const { name, logger } = this.#options
    const [ports, monitor, care] = [this.#ports, this.#monitor, this.#care]
    const shift = new ConsumerShift({ storage: this.#storage, options: this.#options, ports, monitor, care })
    await shift.run(epoch, consumer)
    if (!this.#isStopping) return
    await this.#storage.releaseConsumer(name, epoch).catch((error: unknown) => {
      logger.warn({ consumer: name, error: String(error) }, 'a consumer could not give its work back')
    })
  }
}

/** Who has the work, by what the storage answered. */
const workOf = { claimed: 'here', held: 'elsewhere', waiting: 'waiting', blocked: 'blocked' } as const
