/** What became of commands because other hosts are there, since the host started. */
export interface OwnershipCounters {
  /** Commands that other hosts were sent. */
  forwarded: number
  /** Commands of other hosts that were carried out or refused here. */
  answered: number
  /** Commands of other hosts that were sent back, for this host is stopping or knows of another owner. */
  declined: number
  /** Entities that had belonged to a host that is gone, or did not answer. */
  takenOver: number
  /** Leases of this host that others ended. */
  leasesLost: number
}

/** All at zero. */
export function ownershipCounters(): OwnershipCounters {
  return { forwarded: 0, answered: 0, declined: 0, takenOver: 0, leasesLost: 0 }
}
