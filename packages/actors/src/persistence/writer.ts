import type { CommitUnit, PerdureError } from '@perdure/core'
import type { BatchRoom } from './batch-room.ts'

/** An entity as the write cycle sees it: somebody with something to write. All calls are synchronous. */
export interface Writer {
  /** Captures what is to be written now and fits; undefined when nothing does, or there is nothing after all. */
  takeUnit(room: BatchRoom): CommitUnit | undefined
  /** The captured unit is committed. */
  committed(): void
  /** Somebody else wrote the entity first; nothing of the unit is stored. */
  conflicted(actualVersion: number): void
  /** The unit cannot be stored, for good. */
  failed(error: PerdureError): void
}
