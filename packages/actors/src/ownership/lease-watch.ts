// Who of the other hosts is alive, from what a host sees each time it renews its own lease. Counted in looks of its own, not in
// times of day: clocks may differ and jump, and a host that was stopped itself has not looked, so it takes nobody for dead.
import type { HostLease } from '@perdure/core'

interface Seen {
  readonly held: HostLease
  /** Looks in a row at which its beat stood still. */
  readonly still: number
}

/** Compares one look with the next. */
export class LeaseWatch {
  readonly #intervalMs: number
  #seen: ReadonlyMap<number, Seen> = new Map()
  #newest = 0

  /** @param intervalMs - time between two looks */
  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs
  }

  /** Other hosts, at the last look. */
  get size(): number {
    return this.#seen.size
  }

  /** A lease that was given after the last look, and so says nothing of being alive. */
  isNews(lease: number): boolean {
    return lease > this.#newest
  }

  find(lease: number): HostLease | undefined {
    return this.#seen.get(lease)?.held
  }

  /**
   * Looks again. @param isDue - false: between two regular looks, so that standing still says nothing
   * @returns leases that are gone, and those that have stood still for longer than they are given
   */
  look(
    others: readonly HostLease[],
    isDue: boolean,
  ): { readonly gone: readonly number[]; readonly dead: readonly HostLease[] } {
    const before = this.#seen
    const seen = new Map<number, Seen>()
    for (const held of others) {
      const last = before.get(held.lease)
      const isStill = last?.held.beat === held.beat
      const still = isStill ? last.still + (isDue ? 1 : 0) : 0
      seen.set(held.lease, { held, still })
      this.#newest = Math.max(this.#newest, held.lease)
    }
    this.#seen = seen
    const gone = [...before.keys()].filter((lease) => !seen.has(lease))
    const dead = [...seen.values()].filter(({ held, still }) => still * this.#intervalMs >= held.leaseMs)
    return { gone, dead: dead.map(({ held }) => held) }
  }

  /** It is gone, as somebody found out between two looks. */
  drop(lease: number): void {
    this.#seen = new Map([...this.#seen].filter(([held]) => held !== lease))
  }
}
