// Sends a command to the host that has its entity, and reads what comes back. Used by ownership, which knows whose an entity is and
// what follows from an answer, or from none.
import { decodeRoutedReply, encodeRoutedCommand, isPerdureError } from '@perdure/core'
import type { Command, EntityKey, EntityState, HostLease, Ids, Probe, Router, Telemetry } from '@perdure/core'
import type { AskOptions, Durability, TryAskResult } from '../host/ask-options.ts'
import { viewState } from '../host/state-view.ts'
import type { Inspectors } from '../observe/inspection.ts'
import { instruments } from '../observe/instruments.ts'
import type { OwnershipCounters } from './ownership-counters.ts'
import { reviveError } from './revive-error.ts'
import { Sends } from './sends.ts'

/** What forwarding needs. */
export interface ForwardingOptions {
  readonly router: Router
  readonly ids: Ids
  readonly probe: Probe
  readonly telemetry: Telemetry
  readonly inspectors: Inspectors
  readonly counters: OwnershipCounters
  /** Of commands that say nothing of it. */
  readonly durability: Durability
  /** How long an answer is waited for, milliseconds. */
  readonly timeoutMs: number
  /** Another host has moved the entity on; certain once it has committed. */
  readonly onMovedOn: (entity: EntityKey, state: EntityState, isCertain: boolean) => void
}

/** What a forwarded command came to: answered, perhaps carried out, or certainly not (undefined). */
export type Forwarded = TryAskResult | 'unknown' | undefined

/** What is on its way to other hosts. */
export class Forwarding {
  readonly #options: ForwardingOptions
  readonly #sends = new Sends()

  constructor(options: ForwardingOptions) {
    this.#options = options
  }

  /** The command with a key, by which whoever has carried it out knows it again. */
  withKey(command: Command): Command {
    if (command.meta.idempotencyKey !== undefined) return command
    return { ...command, meta: { ...command.meta, idempotencyKey: `routed:${this.#options.ids.next()}` } }
  }

  /**
   * Sends a command that has a key. @param next - called when it is on its way: what is sent after it arrives after it
   * @throws the reason of the signal, or of `endAll`
   */
  async send(
    owner: HostLease,
    entity: EntityKey,
    command: Command,
    { signal, durability = this.#options.durability }: AskOptions,
    next: () => void,
  ): Promise<Forwarded> {
    const { counters, router, ids, inspectors, telemetry, timeoutMs, probe } = this.#options
    const send = this.#sends.begin(owner.lease, signal)
    const body = encodeRoutedCommand({ entity, command, durability })
    counters.forwarded++
    if (inspectors.isWatched) inspectors.tell({ kind: 'forwarded', entity, to: owner.host })
    const operation = telemetry.start(instruments.forward.name, { 'perdure.type': entity.type })
    let outcome = 'unanswered'
    try {
      await probe('ownership.forward', { id: entity.id })
      const request = { id: ids.next(), body }
      const sending = router.send(addressOf(owner), request, { timeoutMs, signal: send.signal })
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

  /** Waits no longer for what was sent under a lease. */
  endTo(lease: number, reason: Error): void {
    this.#sends.endTo(lease, reason)
  }

  /** Sends nothing more, and ends what is under way. */
  endAll(reason: Error): void {
    this.#sends.endAll(reason)
  }

  #read(entity: EntityKey, body: string, durability: Durability): Forwarded {
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
}

/** Where the host that has a lease is reached. */
export function addressOf({ host, lease }: HostLease): string {
  return `${host}.${lease}`
}
