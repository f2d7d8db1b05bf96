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
  /** Resolves when it is inside, rejects when the signal gives up first; undefined when it went in at once. */
  readonly wait: Promise<void> | undefined
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
  readonly #line = new Map<Ticket, () => void>()
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

  /** Goes in at once, or lines up. */
  enter(bytes: number, signal?: AbortSignal): Ticket {
    const number = ++this.#issued
    const since = this.#clock.now()
    if (this.#line.size > 0 || !this.#hasRoom(bytes)) return this.#lineUp({ number, bytes, since }, signal)
    const ticket = { number, bytes, since, wait: undefined }
    this.#goIn(ticket)
    return ticket
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

  #lineUp(place: Omit<Ticket, 'wait'>, signal: AbortSignal | undefined): Ticket {
    let goIn = (): void => {}
    let giveUp = (): void => {}
    const wait = new Promise<void>((resolve, reject) => {
      goIn = () => {
        signal?.removeEventListener('abort', giveUp)
        resolve()
      }
      giveUp = () => {
        this.#line.delete(ticket)
        // He may have been the first, and too large for the room that others behind him fit in.
        this.#letIn()
        if (this.#flushes.length > 0) this.#wakeFlushes()
        reject(signal?.reason as Error)
      }
    })
    const ticket: Ticket = { ...place, wait }
    this.#line.set(ticket, goIn)
    signal?.addEventListener('abort', giveUp, { once: true })
    return ticket
  }

  #letIn(): void {
    for (const [ticket, goIn] of this.#line) {
      if (!this.#hasRoom(ticket.bytes)) return
      this.#line.delete(ticket)
      this.#goIn(ticket)
      goIn()
    }
  }

  #hasRoom(bytes: number): boolean {
    const { maxEntries, maxBytes } = this.#bounds
    if (this.#inside.size === 0) return true
    return this.#inside.size < maxEntries && this.#bytes + bytes <= maxBytes
  }

  #goIn(ticket: Ticket): void {
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
