// Which host an entity's commands go to: its owner, while that lives; here, when nobody has it. Asked by the intake before a
// command is admitted. Nothing here is needed for correctness: whatever it says, the version of the entity decides what is
// written, and an idempotency key whether a command is carried out twice.
import { formatEntityKey, isPerdureError } from '@perdure/core'
import type {
  Clock,
  Command,
  EntityKey,
  HostLease,
  Logger,
  PerdureError,
  RouterSeat,
  Storage,
} from '@perdure/core'
import { keyText } from '../entity/key-text.ts'
import type { HeadReader } from '../entity/head-reader.ts'
import { Unavailable } from '../errors/host-errors.ts'
import type { AskOptions, TryAskResult } from '../host/ask-options.ts'
import type { HostLife } from '../host/host-life.ts'
import type { OperationOf } from '../persistence/failure-policy.ts'
import { instruments } from '../observe/instruments.ts'
import { Answerer } from './answerer.ts'
import type { AnswererOptions } from './answerer.ts'
import { addressOf, Forwarding } from './forwarding.ts'
import type { ForwardingOptions } from './forwarding.ts'
import { LeaseKeeper } from './lease-keeper.ts'
import { Owners } from './owners.ts'
import { ownershipCounters } from './ownership-counters.ts'
import type { OwnershipCounters } from './ownership-counters.ts'
import { Turns } from './turns.ts'

/** What ownership needs. */
export interface OwnershipOptions extends Omit<ForwardingOptions, 'timeoutMs' | 'counters'> {
  readonly storage: Storage
  readonly host: string
  readonly leaseMs: number
  readonly maxEntities: number
  readonly clock: Clock
  readonly logger: Logger
  readonly heads: Pick<HeadReader, 'read'>
  readonly life: HostLife
}

/** Where a command is to be decided. */
export type Way =
  /** Another host has answered it. */
  | { readonly kind: 'answered'; readonly result: TryAskResult }
  /** Here. `mayBeDone`: another host may have carried it out, or may yet; the command has a key that tells. */
  | {
      readonly kind: 'here'
      readonly command: Command
      readonly mayBeDone: boolean
      /** Called when the command is on its way here: the next one of the entity may go then. */
      readonly next: () => void
    }

/** Owners that are asked for one command, before it is decided here whoever has the entity. */
const maxHops = 2

/** A host's part in who owns what. */
export class Ownership {
  readonly counters: OwnershipCounters = ownershipCounters()
  readonly #options: OwnershipOptions
  readonly #keeper: LeaseKeeper
  readonly #owners: Owners
  readonly #timeoutMs: number
  readonly #forwarding: Forwarding
  readonly #turns = new Turns()
  #answerer: Answerer | undefined
  #seat: RouterSeat | undefined

  constructor(options: OwnershipOptions) {
    const { storage, clock, logger, probe, host, leaseMs, maxEntities } = options
    this.#options = options
    this.#timeoutMs = 2 * leaseMs
    this.#owners = new Owners(maxEntities)
    this.#keeper = new LeaseKeeper({
      storage,
      clock,
      logger,
      probe,
      host,
      leaseMs,
      onLease: (lease) => this.#goOnAs(lease),
      onGone: (lease) => this.#forwarding.endTo(lease, new Error('the host is gone')),
    })
    this.#forwarding = new Forwarding({ ...options, timeoutMs: this.#timeoutMs, counters: this.counters })
  }

  /** Takes a lease and a seat. @throws StorageError, RouterError */
  async start(askHere: AnswererOptions['askHere']): Promise<void> {
    const { clock, life } = this.#options
    const whyNot = (entity: EntityKey): string | undefined => {
      if (life.isStopping) return 'the host is stopping'
      const lease = this.#owners.find(entity)
      const isOthers = lease !== undefined && this.#keeper.knownHolderOf(lease) !== undefined
      if (!isOthers) return undefined
      // Whoever sent it may know better: look again next time.
      this.#owners.forget(entity)
      return 'another host has it'
    }
    const keepMs = 2 * this.#timeoutMs
    this.#answerer = new Answerer({ clock, counters: this.counters, keepMs, whyNot, askHere })
    await this.#keeper.start()
  }

  /** The lease that events are committed under; undefined while there is none. */
  get lease(): number | undefined {
    return this.#keeper.lease
  }

  /** Why it does not work as it should just now. */
  get troubles(): readonly { readonly operation: OperationOf<'background'>; readonly error: PerdureError }[] {
    const [lease, route] = [this.#keeper.trouble, this.#options.router.trouble]
    return [
      ...(lease === undefined ? [] : [{ operation: 'lease' as const, error: lease }]),
      ...(route === undefined ? [] : [{ operation: 'route' as const, error: route }]),
    ]
  }

  get host(): string {
    return this.#options.host
  }

  get leaseMs(): number {
    return this.#options.leaseMs
  }

  /** Other hosts that are there. */
  get others(): number {
    return this.#keeper.others
  }

  /** Entities that this host knows to be its own. */
  get held(): number {
    return this.#owners.held
  }

  /** Whether an entity's commands are decided here for all that is known, with nothing to look up. */
  isHere(entity: EntityKey, command: Command): boolean {
    if (this.#turns.isTaken(keyText(entity))) return false
    const known = this.#owners.find(entity)
    // Who creates an entity need not look for one; that it exists is for the commit to say.
    if (known === undefined && command.kind === 'create') {
      this.#keep(entity)
      return true
    }
    return known !== undefined && known === this.#keeper.lease
  }

  /** Another host wrote an entity that was taken for this host's own: look whose it is before the next command. */
  lost(entity: EntityKey): void {
    this.#owners.forget(entity)
  }

  /**
   * Finds a command's way, and goes it as far as other hosts. Commands of one entity go in the order in which they came, unless
   * an owner does not take them. @throws the reason of the signal
   */
  async find(entity: EntityKey, command: Command, options: AskOptions): Promise<Way> {
    const next = await this.#turns.take(keyText(entity))
    try {
      return await this.#find(entity, command, options, next)
    } catch (error) {
      next()
      throw error
    }
  }

  async #find(entity: EntityKey, command: Command, options: AskOptions, next: () => void): Promise<Way> {
    let [keyed, mayBeDone] = [command, false]
    for (let hop = 0; hop < maxHops; hop++) {
      const owner = await this.#ownerOf(entity)
      options.signal?.throwIfAborted()
      if (owner === undefined) break
      keyed = this.#forwarding.withKey(keyed)
      const result = await this.#forwarding.send(owner, entity, keyed, options, next)
      if (result !== undefined && result !== 'unknown') return { kind: 'answered', result }
      this.#owners.forget(entity)
      if (result === 'unknown') {
        mayBeDone = true
        this.#takeOver(entity)
        break
      }
      // Most often it has stopped, or is about to: look whether it is still there.
      await this.#keeper.refresh()
    }
    return { kind: 'here', command: mayBeDone ? keyed : command, mayBeDone, next }
  }

  /** What an asker hears of a command that was decided here after another host may have had it. */
  tellHonestly(entity: EntityKey, result: TryAskResult): TryAskResult {
    // An event is the one that the key names, whoever wrote it. A refusal is only what would have been answered here.
    if (result.ok) return result
    const why = `the host that had it did not answer, and may have carried it out; asked here it is refused (${result.error.code}): ${result.error.message}`
    return {
      ok: false,
      error: new Unavailable(formatEntityKey(entity), new Error(why, { cause: result.error })),
    }
  }

  /** Sends nothing more, and ends what is under way. */
  abandon(reason: Error): void {
    this.#forwarding.endAll(reason)
  }

  /** Gives everything this host has to whoever asks for it next. Never rejects. */
  async handOver(): Promise<void> {
    await this.#keeper.stop()
    this.#owners.reset(undefined)
    await this.#seat?.leave().catch(() => {})
  }

  /** Closes the router. @throws RouterError */
  async close(): Promise<void> {
    await this.#options.router.close()
  }

  /** The living host that has an entity; undefined: this one has it, or nobody. */
  async #ownerOf(entity: EntityKey): Promise<HostLease | undefined> {
    const own = this.#keeper.lease
    const known = this.#owners.find(entity)
    if (known === own && own !== undefined) return undefined
    const lease = known ?? (await this.#lookUp(entity))
    if (lease === own) return this.#keep(entity)
    const holder = lease === undefined ? undefined : await this.#keeper.holderOf(lease)
    if (holder === undefined) return lease === undefined ? this.#keep(entity) : this.#takeOver(entity)
    this.#owners.learn(entity, holder.lease)
    return holder
  }

  /** A storage that does not answer is for whoever decides the command to report. */
  async #lookUp(entity: EntityKey): Promise<number | undefined> {
    try {
      return (await this.#options.heads.read(entity))?.owner
    } catch (error) {
      if (isPerdureError(error)) return undefined
      throw error
    }
  }

  #keep(entity: EntityKey): undefined {
    const own = this.#keeper.lease
    if (own !== undefined) this.#owners.learn(entity, own)
  }

  #takeOver(entity: EntityKey): undefined {
    this.counters.takenOver++
    this.#options.telemetry.count(instruments.takeovers.name, 1)
    if (this.#options.inspectors.isWatched) this.#options.inspectors.tell({ kind: 'takenOver', entity })
    this.#keep(entity)
  }

  /** A new lease is a new address: what was sent to the old one does not arrive. */
  async #goOnAs(lease: HostLease | undefined): Promise<void> {
    const before = this.#seat
    this.#seat = undefined
    this.#owners.reset(lease?.lease)
    if (before !== undefined) {
      this.counters.leasesLost++
      void before.leave().catch(() => {})
    }
    const answerer = this.#answerer
    if (lease === undefined || answerer === undefined) return
    this.#seat = await this.#options.router.join(addressOf(lease), (request, context) =>
      answerer.answer(request, context),
    )
  }
}
