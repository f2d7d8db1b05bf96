// Which host an entity's commands go to: its owner, while that lives; here, when nobody has it. Asked by the intake before a
// command is admitted. Nothing here is needed for correctness: whatever it says, the version of the entity decides what is
// written, and an idempotency key whether a command is carried out twice.
import { decodeRoutedReply, encodeRoutedCommand, formatEntityKey, isPerdureError } from '@perdure/core'
import type {
  Clock,
  Command,
  EntityKey,
  EntityState,
  HostLease,
  Ids,
  Logger,
  PerdureError,
  Probe,
  Router,
  RouterSeat,
  Storage,
  Telemetry,
} from '@perdure/core'
import { keyText } from '../entity/key-text.ts'
import type { HeadReader } from '../entity/head-reader.ts'
import { Unavailable } from '../errors/host-errors.ts'
import type { AskOptions, Durability, TryAskResult } from '../host/ask-options.ts'
import type { HostLife } from '../host/host-life.ts'
import { viewState } from '../host/state-view.ts'
import type { Inspectors } from '../observe/inspection.ts'
import type { OperationOf } from '../persistence/failure-policy.ts'
import { instruments } from '../observe/instruments.ts'
import { Answerer } from './answerer.ts'
import type { AnswererOptions } from './answerer.ts'
import { LeaseKeeper } from './lease-keeper.ts'
import { Owners } from './owners.ts'
import { ownershipCounters } from './ownership-counters.ts'
import type { OwnershipCounters } from './ownership-counters.ts'
import { reviveError } from './revive-error.ts'
import { Sends } from './sends.ts'
import { Turns } from './turns.ts'

/** What ownership needs. */
export interface OwnershipOptions {
  readonly storage: Storage
  readonly router: Router
  readonly host: string
  readonly leaseMs: number
  readonly maxEntities: number
  readonly durability: Durability
  readonly clock: Clock
  readonly ids: Ids
  readonly logger: Logger
  readonly probe: Probe
  readonly telemetry: Telemetry
  readonly heads: Pick<HeadReader, 'read'>
  readonly life: HostLife
  readonly inspectors: Inspectors
  /** Another host has moved the entity on; certain once it has committed. */
  readonly onMovedOn: (entity: EntityKey, state: EntityState, isCertain: boolean) => void
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
  /** What is on its way to other hosts. */
  readonly #sends = new Sends()
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
      onGone: (lease) => this.#sends.endTo(lease, new Error('the host is gone')),
    })
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
      keyed = this.#withKey(keyed)
      const result = await this.#send(owner, entity, keyed, options, next)
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
    this.#sends.endAll(reason)
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

  /** @returns undefined: certainly not carried out there */
  async #send(
    owner: HostLease,
    entity: EntityKey,
    command: Command,
    { signal, durability = this.#options.durability }: AskOptions,
    next: () => void,
  ): Promise<TryAskResult | 'unknown' | undefined> {
    const { router, ids, inspectors, telemetry, probe } = this.#options
    const send = this.#sends.begin(owner.lease, signal)
    const body = encodeRoutedCommand({ entity, command, durability })
    this.counters.forwarded++
    if (inspectors.isWatched) inspectors.tell({ kind: 'forwarded', entity, to: owner.host })
    const operation = telemetry.start(instruments.forward.name, { 'perdure.type': entity.type })
    let outcome = 'unanswered'
    try {
      await probe('ownership.forward', { id: entity.id })
      const sending = router.send(
        addressOf(owner),
        { id: ids.next(), body },
        { timeoutMs: this.#timeoutMs, signal: send.signal },
      )
      next()
      const sent = await sending
      outcome = sent.kind
      if (sent.kind === 'undelivered') return undefined
      return sent.kind === 'answered' ? this.#read(entity, sent.body, durability) : 'unknown'
    } catch (error) {
      if (signal?.aborted === true) throw error
      this.#sends.throwIfOver()
      // A host that is gone, or a router that does not work: what was sent may have arrived.
      return isPerdureError(error, 'router_closed') ? undefined : 'unknown'
    } finally {
      send.end()
      operation.end({ attributes: { 'perdure.outcome': outcome } })
    }
  }

  #read(entity: EntityKey, body: string, durability: Durability): TryAskResult | 'unknown' | undefined {
    const reply = decodeRoutedReply(body)
    switch (reply?.kind) {
      case 'done':
        this.#options.onMovedOn(entity, reply.state, durability === 'committed')
        return { ok: true, event: reply.event, state: viewState(reply.state) }
      case 'failed':
        return { ok: false, error: reviveError(reply.error) }
      case 'declined':
        return undefined
      case 'unknown':
      case undefined:
        return 'unknown'
    }
  }

  #withKey(command: Command): Command {
    if (command.meta.idempotencyKey !== undefined) return command
    return { ...command, meta: { ...command.meta, idempotencyKey: `routed:${this.#options.ids.next()}` } }
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

/** Where the host that has a lease is reached. */
function addressOf({ host, lease }: HostLease): string {
  return `${host}.${lease}`
}
