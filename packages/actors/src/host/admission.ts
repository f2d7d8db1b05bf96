// Admission: how much may be on its way at once, in commands and in bytes, of all tenants together and of each. When full, askers
// wait: those of one tenant in order, tenants in turns; when too many wait, they are refused. Called by the intake; health and
// flush look at the same line.
import type { Clock } from '@perdure/core'
import { Overloaded } from '../errors/host-errors.ts'
import { linked, LinkedQueue } from '../queue/linked-queue.ts'
import type { Linked } from '../queue/linked-queue.ts'
import { FairLine } from './fair-line.ts'
import type { TenantLimits } from './tenant-limits.ts'

/** What may be inside at once, and wait. */
export interface AdmissionBounds {
  readonly maxEntries: number
  readonly maxBytes: number
  /** @defaultValue no bound */
  readonly maxWaiting?: number
  /** @defaultValue no bound */
  readonly maxBytesWaiting?: number
}

/** Somebody who asked to go in. */
export interface Asker {
  /** In the order of asking. */
  readonly number: number
  readonly tenant: string
  /** What the tenant may have of the room, beside the bounds of all. */
  readonly limits: TenantLimits | undefined
  /** What it takes of the room. */
  readonly bytes: number
  /** When it was asked for, epoch milliseconds. */
  readonly since: number
}

/** A place in the line, then inside; given back by `leave`. */
export type Ticket = Linked<Asker>

/** Somebody who waits. */
interface Waiter {
  readonly ticket: Ticket
  readonly signal: AbortSignal | undefined
  readonly goIn: (ticket: Ticket) => void
  readonly giveUp: () => void
}

interface Flush {
  readonly upTo: number
  readonly done: () => void
}

/** What a tenant has inside, and what it may have. */
interface Share {
  limits: TenantLimits
  entries: number
  bytes: number
}

/**
 * A gate with a line. A single ticket over a byte bound goes in when nobody else is inside, rather than never. Invariant: with
 * somebody in the line there is somebody inside whose leaving lets him in, of his own tenant if that has all it may have.
 */
export class Admission {
  readonly #bounds: AdmissionBounds
  readonly #clock: Pick<Clock, 'now'>
  /** Inside and in the line, in the order of their numbers. */
  readonly #present = new LinkedQueue<Asker>()
  readonly #line = new FairLine<Waiter>()
  /** Of tenants that have something inside; empty where tenants have no limits. */
  readonly #shares = new Map<string, Share>()
  #isLettingIn = false
  #bytes = 0
  #bytesWaiting = 0
  #issued = 0
  #flushes: Flush[] = []

  constructor(bounds: AdmissionBounds, clock: Pick<Clock, 'now'>) {
    this.#bounds = bounds
    this.#clock = clock
  }

  /** Tickets inside. */
  get entries(): number {
    return this.#present.size - this.#line.size
  }

  /** Bytes of the tickets inside. */
  get bytes(): number {
    return this.#bytes
  }

  /** Tickets in the line. */
  get waiting(): number {
    return this.#line.size
  }

  /** Bytes of the tickets in the line. */
  get bytesWaiting(): number {
    return this.#bytesWaiting
  }

  /** When the oldest ticket was asked for, epoch milliseconds; undefined when there is none. */
  get oldestSince(): number | undefined {
    return this.#present.first?.value.since
  }

  /** Goes in at once; undefined when there is no room, or somebody else waits for it: then line up. */
  enter(tenant: string, bytes: number, limits?: TenantLimits): Ticket | undefined {
    if (this.#line.size > 0 && (this.#line.isReady || this.#line.sizeOf(tenant) > 0)) return undefined
    if (!this.#hasRoom(bytes) || !this.#hasShare(tenant, bytes)) return undefined
    const ticket = this.#issue(tenant, bytes, limits)
    this.#take(ticket.value)
    return ticket
  }

  /** Why nobody else may line up; undefined when there is room in the line. */
  refusal(tenant: string, bytes: number, limits?: TenantLimits): Overloaded | undefined {
    const { maxWaiting = Infinity, maxBytesWaiting = Infinity } = this.#bounds
    const { maxCommandsWaiting = Infinity } = limits ?? {}
    if (this.#line.sizeOf(tenant) >= maxCommandsWaiting)
      return new Overloaded('maxCommandsWaiting', maxCommandsWaiting, tenant)
    if (this.#line.size >= maxWaiting) return new Overloaded('maxCommandsWaiting', maxWaiting)
    // One that is over the bound by itself may wait where nobody else does.
    const isFull = this.#line.size > 0 && this.#bytesWaiting + bytes > maxBytesWaiting
    return isFull ? new Overloaded('maxBytesWaiting', maxBytesWaiting) : undefined
  }

  /**
   * Waits for room. `goIn` is called in the moment there is, so that nobody who asks later is faster; `giveUp` with the signal's
   * reason, should that fire first.
   */
  lineUp(
    { tenant, bytes, limits }: Pick<Asker, 'tenant' | 'bytes' | 'limits'>,
    signal: AbortSignal | undefined,
    goIn: (ticket: Ticket) => void,
    giveUp: (reason: Error) => void,
  ): void {
    const ticket = this.#issue(tenant, bytes, limits)
    const leaveLine = (): void => {
      outOfLine()
      this.#present.remove(ticket)
      this.#bytesWaiting -= bytes
      // He may have been the first, and too large for the room that others behind him fit in.
      this.#line.release(tenant)
      this.#letIn()
      if (this.#flushes.length > 0) this.#wakeFlushes()
      giveUp(signal?.reason as Error)
    }
    const outOfLine = this.#line.push(tenant, { ticket, signal, goIn, giveUp: leaveLine })
    this.#bytesWaiting += bytes
    // Others are not to wait behind one whose tenant has all it may have.
    if (this.#line.sizeOf(tenant) === 1 && !this.#hasShare(tenant, bytes)) this.#line.hold(tenant)
    signal?.addEventListener('abort', leaveLine, { once: true })
  }

  /** Goes in, after waiting for room if need be. @throws Overloaded, the reason of the signal */
  goIn(asker: Pick<Asker, 'tenant' | 'bytes' | 'limits'>, signal: AbortSignal | undefined): Promise<Ticket> {
    const { tenant, bytes, limits } = asker
    const ticket = this.enter(tenant, bytes, limits)
    if (ticket !== undefined) return Promise.resolve(ticket)
    const refusal = this.refusal(tenant, bytes, limits)
    if (refusal !== undefined) return Promise.reject(refusal)
    return new Promise((resolve, reject) => this.lineUp(asker, signal, resolve, reject))
  }

  /** Gives the place back, and lets in whoever has room now, in turns. */
  leave(ticket: Ticket): void {
    if (ticket.queue === undefined) return
    this.#present.remove(ticket)
    const { tenant, bytes } = ticket.value
    this.#bytes -= bytes
    this.#giveShareBack(ticket.value)
    if (this.#line.size > 0) {
      this.#line.release(tenant)
      this.#letIn()
    }
    if (this.#flushes.length > 0) this.#wakeFlushes()
  }

  /** Waits until everybody who is here now, inside or in the line, has left; who comes later is not waited for. */
  whenPast(): Promise<void> {
    if (this.#present.size === 0) return Promise.resolve()
    return new Promise((done) => {
      this.#flushes.push({ upTo: this.#issued, done })
    })
  }

  #issue(tenant: string, bytes: number, limits: TenantLimits | undefined): Ticket {
    const ticket = linked({ number: ++this.#issued, tenant, limits, bytes, since: this.#clock.now() })
    this.#present.push(ticket)
    return ticket
  }

  /** Whoever goes in may leave at once: the loop sees it, and the stack stays flat however many do. */
  #letIn(): void {
    if (this.#isLettingIn) return
    this.#isLettingIn = true
    try {
      for (let next = this.#line.peek(); next !== undefined; next = this.#line.peek()) {
        const { ticket, signal, goIn, giveUp } = next.waiter
        const { bytes } = ticket.value
        if (!this.#hasShare(next.tenant, bytes)) {
          this.#line.hold(next.tenant)
          continue
        }
        if (!this.#hasRoom(bytes)) return
        this.#line.shift()
        this.#bytesWaiting -= bytes
        this.#take(ticket.value)
        signal?.removeEventListener('abort', giveUp)
        goIn(ticket)
      }
    } finally {
      this.#isLettingIn = false
    }
  }

  #hasRoom(bytes: number): boolean {
    const { maxEntries, maxBytes } = this.#bounds
    if (this.entries === 0) return true
    return this.entries < maxEntries && this.#bytes + bytes <= maxBytes
  }

  /** Whether the tenant may have so much more inside. */
  #hasShare(tenant: string, bytes: number): boolean {
    const share = this.#shares.get(tenant)
    if (share === undefined) return true
    const { maxCommandsInFlight = Infinity, maxBytesInFlight = Infinity } = share.limits
    return share.entries < maxCommandsInFlight && share.bytes + bytes <= maxBytesInFlight
  }

  #take({ tenant, limits, bytes }: Asker): void {
    this.#bytes += bytes
    if (limits === undefined) return
    let share = this.#shares.get(tenant)
    if (share === undefined) {
      share = { limits, entries: 0, bytes: 0 }
      this.#shares.set(tenant, share)
    }
    share.limits = limits
    share.entries++
    share.bytes += bytes
  }

  #giveShareBack({ tenant, bytes }: Asker): void {
    const share = this.#shares.get(tenant)
    if (share === undefined) return
    share.entries--
    share.bytes -= bytes
    if (share.entries === 0) this.#shares.delete(tenant)
  }

  #wakeFlushes(): void {
    const oldest = this.#present.first?.value.number ?? Infinity
    this.#flushes = this.#flushes.filter(({ upTo, done }) => {
      if (upTo >= oldest) return true
      done()
      return false
    })
  }
}
