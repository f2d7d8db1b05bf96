// Leases: which hosts are alive, and which of them has an entity. There is one for each host, not for each entity: an entity
// belongs to the lease its last event was committed under, for as long as that lease is there. Hints, all of them: who may
// write is decided by the versions of entities alone.

/** A host's lease. */
export interface HostLease {
  /** A number that is never given twice, and grows: a host that was away comes back under another. */
  readonly lease: number
  /** Who has it. */
  readonly host: string
  /** Counts its renewals. While it moves, the host is alive; nobody's time of day says anything. */
  readonly beat: number
  /** How long it may stand still before others may take it for dead, milliseconds. */
  readonly leaseMs: number
}
