// The work of a named consumer while this process has it: page by page to the handler, the checkpoint behind each. Begun by the
// consumer's loop, which claims again when it is over; what is certain is what the storage says.
import { isPerdureError } from '../errors/perdure-error.ts'
import type { PerdureError } from '../errors/perdure-error.ts'
import { backoffMs } from '../ports/backoff.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { Random } from '../ports/random.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import type { ConsumerState } from '../storage/consumer.ts'
import type { LogPage } from '../storage/log.ts'
import type { Storage } from '../storage/storage.ts'
import type { ConsumerMonitor } from './consumer-monitor.ts'
import type { ConsumeOptions, ConsumerOptions } from './consumer-options.ts'
import { placeOf, textOf } from './failure-text.ts'
import { LogFollower, retrying } from './log-follower.ts'
import { pause } from './pause.ts'
import { readPage } from './read-page.ts'

/** What a consumer needs of a storage. */
export type ConsumerStore = Pick<
  Storage,
  'readLog' | 'watchLog' | 'claimConsumer' | 'advanceConsumer' | 'failConsumer' | 'releaseConsumer'
>

/** Options with every default filled in. */
export type LoopOptions = ConsumeOptions & {
  readonly batch: number
  readonly leaseMs: number
  readonly pollIntervalMs: number
  readonly retry: Required<NonNullable<ConsumerOptions['retry']>>
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly telemetry: Telemetry
  readonly owner: string
}

/** The work while it is this process's. */
interface Hold {
  readonly epoch: number
  position: bigint
  attempts: number
  /** When the storage last heard, epoch milliseconds. */
  heardAt: number
}

/** Up to here events come one by one: somewhere in between is one that fails. Kept from one shift to the next. */
export interface Care {
  upTo: bigint
}

/** With the signal that ends the shift. */
export type ShiftPorts = Parameters<typeof retrying>[0] & { readonly signal: AbortSignal }

/** How long a checkpoint may lag behind events that did not concern the consumer, milliseconds. */
const skipMs = 1_000

/** The time in which it has the work, under one epoch. */
export class ConsumerShift {
  readonly #storage: ConsumerStore
  readonly #options: LoopOptions
  readonly #ports: ShiftPorts
  readonly #monitor: ConsumerMonitor
  readonly #care: Care

  constructor(parts: {
    readonly storage: ConsumerStore
    readonly options: LoopOptions
    readonly ports: ShiftPorts
    readonly monitor: ConsumerMonitor
    readonly care: Care
  }) {
    this.#storage = parts.storage
    this.#options = parts.options
    this.#ports = parts.ports
    this.#monitor = parts.monitor
    this.#care = parts.care
  }

  /** Works until it fails, loses the work or is stopped. @throws StorageError `storage_closed`, or what else a failure cannot be stored for */
  async run(epoch: number, { position, attempts }: ConsumerState): Promise<void> {
    const { types, tenant, maxBytes, clock } = this.#options
    const filter = {
      ...(types && { types }),
      ...(tenant !== undefined && { tenant }),
      ...(maxBytes !== undefined && { maxBytes }),
    }
    const hold: Hold = { epoch, position, attempts, heardAt: clock.now() }
    const follower = new LogFollower({ storage: this.#storage, after: position, filter, ...this.#ports })
    try {
      while (await this.#step(hold, follower)) continue
    } catch (error) {
      if (isPerdureError(error, 'storage_closed')) throw error
      if (isPerdureError(error, 'spec_outdated')) await this.#leaveToNewer(hold, error)
      else await this.#fail(hold, error)
    } finally {
      follower.close()
    }
  }

  get #isStopping(): boolean {
    return this.#ports.signal.aborted
  }

  /** One page. @returns false when the work is over for now */
  async #step(hold: Hold, follower: LogFollower): Promise<boolean> {
    const { batch, clock, leaseMs, pollIntervalMs } = this.#options
    const page = await follower.read(hold.position < this.#care.upTo ? 1 : batch)
    if (page === undefined) return false
    this.#monitor.read(page)
    if (page.entries.length > 0) {
      const readable = readPage(page, this.#options.readAs)
      return (await this.#deliver(hold, readable)) && readable.seenUpTo === page.seenUpTo
    }
    const silentMs = clock.now() - hold.heardAt
    const isBehind = page.seenUpTo > hold.position && silentMs >= skipMs
    if ((isBehind || silentMs >= leaseMs / 3) && !(await this.#advance(hold, page.seenUpTo))) return false
    if (page.seenUpTo >= page.head) await follower.wait(pollIntervalMs)
    return !this.#isStopping
  }

  /** Has a page handled and moves the checkpoint behind it. @returns false when the work is over for now */
  async #deliver(hold: Hold, page: LogPage): Promise<boolean> {
    const { handler, project } = this.#options
    const over = new AbortController()
    const { signal } = over
    const end = (): void => over.abort()
    const stopRenewing = this.#keepRenewing(hold, end)
    this.#ports.signal.addEventListener('abort', end, { once: true })
    const operation = this.#monitor.started(page)
    let isHandled = false
    const context = { signal, attempt: hold.attempts + 1 }
    let failure: { readonly error: unknown } | undefined
    const attempt = async (work: () => unknown): Promise<void> => {
      try {
        await work()
      } catch (error) {
        failure = { error }
        throw error
      }
    }
    try {
      if (project !== undefined) {
        isHandled = await this.#advance(hold, page.seenUpTo, (transaction) =>
          attempt(() => project(transaction, page.entries, context)),
        )
      } else {
        await attempt(() => handler(page.entries, context))
        isHandled = await this.#advanceAtLast(hold, page.seenUpTo)
      }
      if (isHandled) this.#monitor.handled(page)
      return isHandled
    } catch (error) {
      if (failure === undefined) return this.#doubt(error)
      if (page.seenUpTo > this.#care.upTo) this.#care.upTo = page.seenUpTo
      // Told to stop, a handler may give up: that is no failure.
      if (!signal.aborted) await this.#fail(hold, failure.error, `${placeOf(page)}: `)
      return false
    } finally {
      operation.end(isHandled ? {} : { error: failure === undefined ? 'work_lost' : 'handler_failed' })
      stopRenewing()
      this.#ports.signal.removeEventListener('abort', end)
    }
  }

  /** Says every now and then that it still works, for as long as the handler takes. */
  #keepRenewing(hold: Hold, onLost: () => void): () => void {
    const { clock, leaseMs } = this.#options
    let isOver = false
    let handle: unknown
    const renewLater = (): void => {
      handle = clock.setTimeout(() => void renew(), leaseMs / 3)
    }
    const renew = async (): Promise<void> => {
      const isKept = await this.#advance(hold, hold.position).catch(() => true)
      if (isOver) return
      if (!isKept) return onLost()
      renewLater()
      const page = await this.#storage.readLog({ after: hold.position, limit: 0 }).catch(() => undefined)
      if (page !== undefined) this.#monitor.grown(page.head)
    }
    renewLater()
    return () => {
      isOver = true
      clock.clearTimeout(handle)
    }
  }

  async #advance(
    hold: Hold,
    position: bigint,
    write?: (transaction: unknown) => Promise<void>,
  ): Promise<boolean> {
    const { name, clock, leaseMs } = this.#options
    const now = clock.now()
    const advance = { name, epoch: hold.epoch, position, now, leaseMs }
    const isDone = await this.#storage.advanceConsumer(advance, write)
    if (!isDone) return false
    hold.heardAt = now
    if (position > hold.position) {
      hold.position = position
      hold.attempts = 0
    }
    return true
  }

  /** What is handled is handled: the checkpoint is tried for as long as it takes, also while stopping. */
  async #advanceAtLast(hold: Hold, position: bigint): Promise<boolean> {
    try {
      return await this.#advance(hold, position)
    } catch (error) {
      if (this.#isStopping) throw error
      return (await retrying(this.#ports, () => this.#advance(hold, position))) ?? false
    }
  }

  /** The storage failed, so that nobody knows where the checkpoint is: to be asked. */
  async #doubt(error: unknown): Promise<boolean> {
    if (isPerdureError(error, 'storage_closed')) throw error
    const { clock, random, logger, retry, name } = this.#options
    logger.warn({ consumer: name, error: String(error) }, 'a consumer looks for its checkpoint again')
    await pause(clock, backoffMs(retry, 1, random), this.#ports.signal)
    return false
  }

  /**
   * What comes next was decided under a newer spec than this process has. That is no failure: any other may take the work at once,
   * and this one asks for it again after a while.
   */
  async #leaveToNewer({ epoch, attempts, position }: Hold, error: PerdureError): Promise<void> {
    const { name, clock, logger, leaseMs } = this.#options
    const now = clock.now()
    const failure = { name, epoch, attempts, error: textOf('', error), now, nextAttemptAt: now }
    logger.warn(
      { consumer: name, position, error: failure.error },
      'a consumer is left to a host of a newer spec',
    )
    this.#monitor.gaveBack(attempts, failure.error)
    await retrying(this.#ports, () => this.#storage.failConsumer(failure))
    await pause(clock, leaseMs, this.#ports.signal)
  }

  /** @param place - in front of what the error says */
  async #fail(hold: Hold, error: unknown, place = ''): Promise<void> {
    const { name, clock, random, logger, retry } = this.#options
    const attempts = hold.attempts + 1
    const now = clock.now()
    const isBlocked = attempts >= retry.maxAttempts
    const nextAttemptAt = now + backoffMs(retry, attempts, random)
    const failure = { name, epoch: hold.epoch, attempts, error: textOf(place, error), now }
    const facts = { consumer: name, position: hold.position, attempts, error: failure.error }
    if (isBlocked) logger.error(facts, 'a consumer is blocked until it is reset')
    else logger.warn({ ...facts, nextAttemptAt }, 'a consumer failed, and tries again later')
    this.#monitor.failed(attempts, failure.error, isBlocked)
    await retrying(this.#ports, () =>
      this.#storage.failConsumer(isBlocked ? failure : { ...failure, nextAttemptAt }),
    )
  }
}
