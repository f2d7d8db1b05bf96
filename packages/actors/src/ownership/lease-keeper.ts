// Keeps this host's lease, and ends those of hosts that are dead. Started and stopped by the host's ownership. Leases are hints:
// while this fails commands are decided all the same, only with more conflicts.
import type { Clock, HostLease, Logger, PerdureError, Probe, Storage } from '@perdure/core'
import { asPerdureError } from '../errors/as-perdure-error.ts'
import { InvalidArgument } from '../errors/host-errors.ts'
import { LeaseWatch } from './lease-watch.ts'

/** Renewals within the time of a lease. */
const beatsPerLease = 4

/** What a keeper needs. */
export interface LeaseKeeperOptions {
  readonly storage: Pick<Storage, 'acquireLease' | 'renewLease' | 'releaseLease'>
  readonly clock: Clock
  readonly logger: Logger
  readonly probe: Probe
  readonly host: string
  readonly leaseMs: number
  /** This host has another lease from now on, or none. */
  readonly onLease: (lease: HostLease | undefined) => Promise<void>
  /** Another host's lease is gone. */
  readonly onGone: (lease: number) => void
}

/** One lease at a time; a lost one is replaced by another of a higher number. */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions
  readonly #watch: LeaseWatch
  readonly #intervalMs: number
  #own: HostLease | undefined
  #trouble: PerdureError | undefined
  #timer: unknown
  /** The look that is under way. */
  #looking: Promise<void> | undefined
  #isOver = false
  /** Another process goes by this host's name: asking again would take its lease from it. */
  #isReplaced = false

  constructor(options: LeaseKeeperOptions) {
    this.#options = options
    this.#intervalMs = Math.max(Math.floor(options.leaseMs / beatsPerLease), 1)
    this.#watch = new LeaseWatch(this.#intervalMs)
  }

  /** Undefined while there is none. */
  get lease(): number | undefined {
    return this.#own?.lease
  }

  /** Why this host has no lease, or could not renew it. */
  get trouble(): PerdureError | undefined {
    return this.#trouble
  }

  /** Other hosts that have a lease. */
  get others(): number {
    return this.#watch.size
  }

  /** Takes the first lease. @throws StorageError, RouterError */
  async start(): Promise<void> {
    await this.#acquire()
    await this.#look(false)
    this.#beatLater()
  }

  /** The host that has a lease, if it is alive as far as is known; one that came since the last look is looked for. */
  async holderOf(lease: number): Promise<HostLease | undefined> {
    if (this.#watch.isNews(lease)) await this.refresh()
    return this.#watch.find(lease)
  }

  /** The same, from what is known. */
  knownHolderOf(lease: number): HostLease | undefined {
    return this.#watch.find(lease)
  }

  /** It said itself that it is going. */
  left(lease: number): void {
    this.#watch.drop(lease)
  }

  /** Looks who is there, out of turn. Never rejects. */
  async refresh(): Promise<void> {
    this.#looking ??= this.#look(false)
      .catch((error: unknown) => this.#note(error))
      .finally(() => (this.#looking = undefined))
    await this.#looking
  }

  /** Ends the lease, so that others take over at once. Never rejects. */
  async stop(): Promise<void> {
    this.#isOver = true
    this.#options.clock.clearTimeout(this.#timer)
    const own = this.#own
    this.#own = undefined
    if (own === undefined) return
    await this.#options.storage.releaseLease(own.lease).catch((error: unknown) => this.#note(error))
  }

  #beatLater(): void {
    if (this.#isOver) return
    const beat = (): void => void this.#beat().then(() => this.#beatLater())
    this.#timer = this.#options.clock.setTimeout(beat, this.#intervalMs, { unref: true })
  }

  async #beat(): Promise<void> {
    try {
      await this.#options.probe('ownership.beat')
      if (this.#own === undefined && !this.#isReplaced) await this.#acquire()
      await this.#look(true)
      if (!this.#isReplaced) this.#trouble = undefined
    } catch (error) {
      this.#note(error)
    }
  }

  async #acquire(): Promise<void> {
    const { storage, host, leaseMs, onLease } = this.#options
    const own = await storage.acquireLease({ host, leaseMs })
    try {
      await onLease(own)
    } catch (error) {
      await storage.releaseLease(own.lease).catch(() => {})
      throw error
    }
    this.#own = own
  }

  async #look(isDue: boolean): Promise<void> {
    const { storage, logger, onGone } = this.#options
    const own = this.#own
    const leases = await storage.renewLease(own?.lease ?? 0)
    if (this.#isOver) return
    const others = leases.filter(({ lease }) => lease !== own?.lease)
    const { gone, dead } = this.#watch.look(others, isDue)
    for (const lease of gone) onGone(lease)
    for (const { lease, host, beat } of dead) {
      // It is dead if it still stands where it stood; if not, it has just come back.
      if (!(await storage.releaseLease(lease, beat))) continue
      logger.warn({ host, lease }, 'a host stands still; what it had is free')
      this.#watch.drop(lease)
      onGone(lease)
    }
    if (own !== undefined && own === this.#own && others.length === leases.length) await this.#lost(others)
  }

  async #lost(others: readonly HostLease[]): Promise<void> {
    const { host, logger, onLease } = this.#options
    this.#own = undefined
    this.#isReplaced = others.some((other) => other.host === host)
    if (this.#isReplaced) {
      const message = `another process runs as host ${host}; give each a hostId of its own`
      this.#trouble = new InvalidArgument('invalid_option', message, { details: { option: 'hostId' } })
      logger.error({ host }, message)
    } else logger.warn({ host }, 'this host was taken for dead; what it had may be with others')
    await onLease(undefined)
    if (!this.#isReplaced && !this.#isOver) await this.#acquire()
  }

  #note(error: unknown): void {
    this.#trouble = asPerdureError(error)
    const { code, message } = this.#trouble
    this.#options.logger.warn({ code }, `the lease of this host: ${message}`)
  }
}
