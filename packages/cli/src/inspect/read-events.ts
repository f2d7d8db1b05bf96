import type { EntityEvent, EntityKey, Storage } from '@perdure/core'

/** Which of an entity's events; both bounds inclusive. */
export interface EventRange {
  readonly from?: number
  readonly to?: number
  /** Only so many of the newest. */
  readonly last?: number
}

const eventsPerPage = 500

/** The events of a range, page by page, oldest first; undefined when the entity was never created. */
export async function readEventPages(
  storage: Storage,
  entity: EntityKey,
  { from = 1, to, last }: EventRange,
): Promise<AsyncIterable<readonly EntityEvent[]> | undefined> {
  const [head] = await storage.readHeads([entity])
  if (head === undefined) return undefined
  const end = Math.min(to ?? head.version, head.version)
  const start = last === undefined ? from : Math.max(from, end - last + 1)
  return readPages(storage, entity, start, end)
}

async function* readPages(
  storage: Storage,
  entity: EntityKey,
  start: number,
  end: number,
): AsyncGenerator<readonly EntityEvent[]> {
  for (let fromSequence = start; fromSequence <= end; fromSequence += eventsPerPage) {
    const toSequence = Math.min(end, fromSequence + eventsPerPage - 1)
    yield await storage.readEvents(entity, { fromSequence, toSequence })
  }
}
