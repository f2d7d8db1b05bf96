// Reads from a replica that is behind: the newest events of an entity are not there yet, nor anything that knows of them.
import type { EntityEvent, EntityHead, EntityKey, LoadedEntity, ReadRange, Storage } from '@perdure/core'

/** The reads of a storage as they were `behind` events ago, for every entity. */
export function staleReads(
  inner: Storage,
  behind: number,
): Pick<Storage, 'load' | 'readPage' | 'readEvents' | 'findByIdempotencyKey' | 'readHeads'> {
  const headOf = async (entity: EntityKey): Promise<EntityHead | undefined> => {
    const [newest] = await inner.readHeads([entity])
    const version = (newest?.version ?? 0) - behind
    const [last] =
      version < 1 ? [] : await inner.readEvents(entity, { fromSequence: version, toSequence: version })
    return last && headAt(entity, last)
  }
  return {
    load: async (entity, options): Promise<LoadedEntity | undefined> => {
      const head = await headOf(entity)
      if (head === undefined) return undefined
      const snapshot = (await inner.load(entity, options))?.snapshot
      const known = snapshot !== undefined && snapshot.sequence <= head.version ? { snapshot } : {}
      const fromSequence = (known.snapshot?.sequence ?? 0) + 1
      const tail = await inner.readEvents(entity, { fromSequence, toSequence: head.version })
      return { head, tail, ...known }
    },
    readPage: async (entity, range) => {
      const version = (await headOf(entity))?.version ?? 0
      return range.fromSequence > version
        ? undefined
        : inner.readPage(entity, { ...range, toSequence: Math.min(range.toSequence, version) })
    },
    readEvents: async (entity, range: ReadRange = {}) => {
      const version = (await headOf(entity))?.version ?? 0
      const toSequence = Math.min(range.toSequence ?? version, version)
      return toSequence < 1 ? [] : inner.readEvents(entity, { ...range, toSequence })
    },
    findByIdempotencyKey: async (entity, key) => {
      const event = await inner.findByIdempotencyKey(entity, key)
      const version = (await headOf(entity))?.version ?? 0
      return event !== undefined && event.sequence <= version ? event : undefined
    },
    readHeads: (entities) => Promise.all(entities.map(headOf)),
  }
}

function headAt({ tenant, type, id }: EntityKey, last: EntityEvent): EntityHead {
  return { tenant, type, id, version: last.sequence, status: last.to, updatedAt: last.at }
}
