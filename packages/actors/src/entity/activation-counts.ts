// What activations met that nobody is told of, counted for whoever looks after the host. Shared by all entities of a host.
import type { SnapshotFault } from '@perdure/core'

/** Counts since the host was created. */
export interface ActivationCounts {
  /** Stored snapshots that were not usable, by reason; each was replaced by reading all events of its entity. */
  readonly snapshotsDiscarded: Readonly<Record<SnapshotFault, number>>
  /** Stored claims that were released or got another expiry, because ceilings or lifetimes had changed. */
  readonly claimsAligned: number
}

/** Counts. */
export class ActivationCounter {
  readonly #snapshotsDiscarded: Record<SnapshotFault, number> = {
    corrupt: 0,
    unknown_format: 0,
    other_spec: 0,
    other_type: 0,
  }
  #claimsAligned = 0

  snapshotDiscarded(reason: SnapshotFault): void {
    this.#snapshotsDiscarded[reason]++
  }

  claimsAligned(claims: number): void {
    this.#claimsAligned += claims
  }

  /** The counts as they are now. */
  read(): ActivationCounts {
    return { snapshotsDiscarded: { ...this.#snapshotsDiscarded }, claimsAligned: this.#claimsAligned }
  }
}
