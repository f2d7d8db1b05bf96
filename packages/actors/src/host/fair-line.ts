// A line of several tenants: within a tenant in order, among tenants in turns, so that a long line of one is no wait for another.
// Owned by a gate (admission, loads), which knows who has room; this knows only whose turn it is.
import { linked, LinkedQueue } from '../queue/linked-queue.ts'
import type { Linked } from '../queue/linked-queue.ts'

/** The waiters of one tenant, in order. It has a turn, or is passed over. */
class TenantLine<Waiter> {
  readonly tenant: string
  readonly waiters: LinkedQueue<Waiter> = new LinkedQueue<Waiter>()
  readonly turn: Linked<TenantLine<Waiter>> = linked<TenantLine<Waiter>>(this)

  constructor(tenant: string) {
    this.tenant = tenant
  }
}

/** A place in the line. */
export interface PlaceInLine<Waiter> {
  readonly tenant: string
  readonly waiter: Waiter
}

/** With one tenant it is an ordinary line. Every step takes the same time, however many wait. */
export class FairLine<Waiter> {
  readonly #lines = new Map<string, TenantLine<Waiter>>()
  /** Lines whose turn comes, in the order of their turns. None is empty. */
  readonly #turns = new LinkedQueue<TenantLine<Waiter>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Whether it is anybody's turn. */
  get isReady(): boolean {
    return this.#turns.size > 0
  }

  /** How many of the tenant wait. */
  sizeOf(tenant: string): number {
    return this.#lines.get(tenant)?.waiters.size ?? 0
  }

  /** Lines up behind all of the same tenant. @returns takes it out of the line again, if it is still there */
  push(tenant: string, waiter: Waiter): () => void {
    let line = this.#lines.get(tenant)
    if (line === undefined) {
      line = new TenantLine<Waiter>(tenant)
      this.#lines.set(tenant, line)
      this.#turns.push(line.turn)
    }
    const place = linked(waiter)
    line.waiters.push(place)
    this.#size++
    return () => {
      if (place.queue !== undefined) this.#remove(line, place)
    }
  }

  /** Whose turn it is; undefined when nobody waits but those who are passed over. */
  peek(): PlaceInLine<Waiter> | undefined {
    const line = this.#turns.first?.value
    const first = line?.waiters.first
    return line === undefined || first === undefined
      ? undefined
      : { tenant: line.tenant, waiter: first.value }
  }

  /** Takes out whose turn it is: the next one of its tenant comes after one of everybody else. */
  shift(): void {
    const line = this.#turns.first?.value
    const first = line?.waiters.first
    if (line === undefined || first === undefined) return
    this.#turns.push(line.turn)
    this.#remove(line, first)
  }

  /** Passes the tenant over until `release`. */
  hold(tenant: string): void {
    const turn = this.#lines.get(tenant)?.turn
    turn?.queue?.remove(turn)
  }

  /** The tenant has turns again, behind everybody else. */
  release(tenant: string): void {
    const turn = this.#lines.get(tenant)?.turn
    if (turn !== undefined && turn.queue === undefined) this.#turns.push(turn)
  }

  #remove(line: TenantLine<Waiter>, place: Linked<Waiter>): void {
    line.waiters.remove(place)
    this.#size--
    if (line.waiters.size > 0) return
    line.turn.queue?.remove(line.turn)
    this.#lines.delete(line.tenant)
  }
}
