// The leases of hosts in memory. Every method is one synchronous step.
import type { HostLease } from '../storage/host-lease.ts'

/** Every lease by its number. */
export class Leases {
  readonly #leases = new Map<number, HostLease>()
  #last = 0

  acquire({ host, leaseMs }: Pick<HostLease, 'host' | 'leaseMs'>): HostLease {
    for (const held of this.#leases.values()) if (held.host === host) this.#leases.delete(held.lease)
    const lease: HostLease = { lease: ++this.#last, host, beat: 0, leaseMs }
    this.#leases.set(lease.lease, lease)
    return lease
  }

  renew(lease: number): readonly HostLease[] {
    const held = this.#leases.get(lease)
    if (held !== undefined) this.#leases.set(lease, { ...held, beat: held.beat + 1 })
    return [...this.#leases.values()]
  }

  release(lease: number, beat: number | undefined): boolean {
    const held = this.#leases.get(lease)
    return held !== undefined && (beat === undefined || held.beat === beat) && this.#leases.delete(lease)
  }
}
