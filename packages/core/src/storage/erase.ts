// Erasing an entity: what is asked of a storage, what it remembers of it, and the one event it leaves in the log.
import type { EntityKey } from '../entity/entity-key.ts'
import { erasedAction } from '../entity/event.ts'
import type { EntityEvent } from '../entity/event.ts'
import { hashContent } from '../fields/content-hash.ts'
import { deletedStatus } from '../spec/reserved-names.ts'

/** How an entity is erased. */
export interface EraseOptions {
  /** The present, epoch milliseconds. */
  readonly at: number
  /** Who asked for it, for the record; not the person whom the entity is about. */
  readonly by?: string
  /**
   * Leaves content that the entity had let go of before, and nobody refers to, to the next sweep, and so need not read its
   * events. What of it the events do not name is left to a sweep in any case. @defaultValue false
   */
  readonly leaveOrphans?: boolean
}

/** What is remembered of an erased entity: that it was, and how much of it. */
export interface Erasure {
  readonly entity: EntityKey
  /** Epoch milliseconds. */
  readonly erasedAt: number
  readonly erasedBy?: string
  readonly events: number
  readonly snapshots: number
  readonly references: number
  /** Blobs that nobody else referred to. */
  readonly blobs: number
}

/**
 * The event that takes the place of an erased history: at the end of the log, so that whoever follows it learns of the
 * erasure and can erase what he made of the entity. It says nothing but that.
 */
export function erasedEvent({ tenant, type, id }: EntityKey, sequence: number, at: number): EntityEvent {
  return {
    tenant,
    type,
    id,
    sequence,
    eventId: hashContent(JSON.stringify([tenant, type, id, erasedAction])).slice(0, 21),
    action: erasedAction,
    from: '',
    to: deletedStatus,
    params: {},
    effects: [],
    at,
    specHash: '',
    specVersion: 0,
  }
}
