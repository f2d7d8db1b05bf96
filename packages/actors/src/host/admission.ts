// Admission: how much may be on its way at once, in commands and in bytes. When full, askers wait in order; none is
// dropped. Called by the intake; health and flush look at the same line.
import type { Clock } from '@perdure/core'

/** What may be inside at once. */
export interface AdmissionBounds {
  readonly maxEntries: number
  readonly maxBytes: number
}

/** A place in the line, then inside; given back by `leave`. */
export interface Ticket {
  /** In the order of asking. */
  readonly number: number
  /** What it takes of the room. */
  readonly bytes: number
  /** When it was asked for, epoch milliseconds. */
  readonly since: number
}

/** Somebody who waits. */
interface Waiter {
  readonly signal: AbortSignal | undefined
  readonly goIn: (ticket: Ticket) => void
  readonly giveUp: () => void
}

interface Flush {
  readonly upTo: number
  readonly done: () => void
}

/**
 * A gate with a first-come, first-served line. A single ticket over the byte bound goes in when nobody else is inside,
 * rather than never. Invariant: with somebody in the line there is somebody inside, whose leaving lets him in.
 */
export class Admission {
  readonly #bounds: AdmissionBounds
  readonly #clock: Pick<Clock, 'now'>
  // Both in the order of the tickets' numbers: who goes in is always the first of the line.
  readonly #inside = new Set<Ticket>()
  readonly #line = new Map<Ticket, Waiter>()
  #isLettingIn = false
  #bytes = 0
  #issued = 0
  #flushes: Flush[] = []

  constructor(bounds: AdmissionBounds, clock: Pick<Clock, 'now'>) {
    this.#bounds = bounds
    this.#clock = clock
  }

  /** Tickets inside. */
  get entries(): number {
    return this.#inside.size
  }

  /** Bytes of the tickets inside. */
  get bytes(): number {
    return this.#bytes
  }

  /** Tickets in the line. */
  get waiting(): number {
    return this.#line.size
  }

  /** When the oldest ticket was asked for, epoch milliseconds; undefined when there is none. */
  get oldestSince(): number | undefined {
    return this.#oldest()?.since
  }

  /** Goes in at once; undefined when there is no room, or somebody else waits for it: then line up. */
  enter(bytes: number): Ticket | undefined {
    if (this.#line.size > 0 || !this.#hasRoom(bytes)) return undefined
    const ticket = this.#issue(bytes)
    this.#take(ticket)
    return ticket
  }

  /**
   * Waits for room. `goIn` is called in the moment there is, so that nobody who asks later is faster; `giveUp` with the signal's
   * reason, should that fire first.
   */
  lineUp(
    bytes: number,
    signal: AbortSignal | undefined,
    goIn: (ticket: Ticket) => void,
    giveUp: (reason: Error) => void,
  ): void {
    const ticket = this.#issue(bytes)
    const leaveLine = (): void => {
      this.#line.delete(ticket)
      // He may have been the first, and too large for the room that others behind him fit in.
      this.#letIn()
      if (this.#flushes.length > 0) this.#wakeFlushes()
      giveUp(signal?.reason as Error)
    }
    this.#line.set(ticket, { signal, goIn, giveUp: leaveLine })
    signal?.addEventListener('abort', leaveLine, { once: true })
  }

  /** Gives the place back, and lets in whoever has room now, in order. */
  leave(ticket: Ticket): void {
    if (!this.#inside.delete(ticket)) return
    this.#bytes -= ticket.bytes
    if (this.#line.size > 0) this.#letIn()
    if (this.#flushes.length > 0) this.#wakeFlushes()
  }

  /** Waits until everybody who is here now, inside or in the line, has left; who comes later is not waited for. */
  whenPast(): Promise<void> {
    if (this.#oldest() === undefined) return Promise.resolve()
    return new Promise((done) => {
      this.#flushes.push({ upTo: this.#issued, done })
    })
  }

  #issue(bytes: number): Ticket {
    return { number: ++this.#issued, bytes, since: this.#clock.now() }
  }

  /** Whoever goes in may leave at once: the loop sees it, and the stack stays flat however many do. */
  #letIn(): void {
    if (this.#isLettingIn) return
    this.#isLettingIn = true
    try {
      for (const [ticket, { signal, goIn, giveUp }] of this.#line) {
        if (!this.#hasRoom(ticket.bytes)) return
        this.#line.delete(ticket)
        this.#take(ticket)
        signal?.removeEventListener('abort', giveUp)
        goIn(ticket)
      }
    } finally {
      this.#isLettingIn = false
    }
  }

  #hasRoom(bytes: number): boolean {
    const { maxEntries, maxBytes } = this.#bounds
    if (this.#inside.size === 0) return true
    return this.#inside.size < maxEntries && this.#bytes + bytes <= maxBytes
  }

  #take(ticket: Ticket): void {
    this.#inside.add(ticket)
    this.#bytes += ticket.bytes
  }

  #oldest(): Ticket | undefined {
    for (const ticket of this.#inside) return ticket
    for (const ticket of this.#line.keys()) return ticket
    return undefined
  }

  #wakeFlushes(): void {
    const oldest = this.#oldest()?.number ?? Infinity
    this.#flushes = this.#flushes.filter(({ upTo, done }) => {
      if (upTo >= oldest) return true
      done()
      return false
    })
  }
}
