// Reading what may be long page by page, as async iterables.
import type { EntityEvent, EntityFilter, EntityHead, EntityKey, Storage } from '@perdure/core'

const eventsPerPage = 500
const entitiesPerPage = 500

/** Every event of an entity, oldest first. */
export async function* readHistory(storage: Storage, entity: EntityKey): AsyncGenerator<EntityEvent> {
  for (let fromSequence = 1; ; fromSequence += eventsPerPage) {
    const events = await storage.readEvents(entity, { fromSequence, limit: eventsPerPage })
    yield* events
    if (events.length < eventsPerPage) return
  }
}

/** Every entity that fits the filter, in order of id. */
export async function* readEntities(
  storage: Storage,
  filter: Omit<EntityFilter, 'afterId' | 'limit'>,
): AsyncGenerator<EntityHead> {
  for (let afterId: string | undefined; ;) {
    const page = await storage.listEntities({
      ...filter,
      ...(afterId === undefined ? {} : { afterId }),
      limit: entitiesPerPage,
    })
    yield* page
    if (page.length < entitiesPerPage) return
    afterId = page.at(-1)?.id
  }
}
