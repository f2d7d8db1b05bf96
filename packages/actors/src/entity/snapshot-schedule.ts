// When a snapshot is due: so many events after the last one, as the spec says, or as soon as replaying what came since
// would take too long, as measured when the entity was loaded.

/** How a load went. */
export interface ReplayMeasure {
  /** Sequence of the snapshot that was used; 0 without one. */
  readonly snapshotSequence: number
  /** Events replayed on top of it. */
  readonly events: number
  readonly replayMs: number
}

/** Of one entity, from its activation on. */
export class SnapshotSchedule {
  readonly #every: number
  readonly #maxReplayMs: number
  #newest = 0
  #msPerEvent = 0

  /** @param every - events between snapshots @param maxReplayMs - what replaying may take, milliseconds */
  constructor(every: number, maxReplayMs: number) {
    this.#every = every
    this.#maxReplayMs = maxReplayMs
  }

  /** The entity has been loaded. */
  measured({ snapshotSequence, events, replayMs }: ReplayMeasure): void {
    this.#newest = snapshotSequence
    if (events > 0) this.#msPerEvent = replayMs / events
  }

  /** Whether the state of this version is to be kept; if so, the next one is counted from there. */
  takeDue(version: number): boolean {
    const events = version - this.#newest
    if (events <= 0) return false
    if (events < this.#every && events * this.#msPerEvent < this.#maxReplayMs) return false
    this.#newest = version
    return true
  }
}
