// Reading what may be long page by page, as async iterables.
import { storedStatuses } from '@perdure/core'
import type { EntityEvent, EntityFilter, EntityHead, EntityKey, EntityModel, Storage } from '@perdure/core'
import { statusToday } from '../entity/status-today.ts'
import type { HostLife } from './host-life.ts'

const eventsPerPage = 500
const entitiesPerPage = 500

/** Every event of an entity, oldest first, each as the reader makes it. @throws HostStopped */
export async function* readHistory(
  life: HostLife,
  storage: Storage,
  entity: EntityKey,
  read: (event: EntityEvent) => EntityEvent,
): AsyncGenerator<EntityEvent> {
  for (let fromSequence = 1; ; fromSequence += eventsPerPage) {
    const page = { fromSequence, limit: eventsPerPage }
    const events = await life.guard(entity, () => storage.readEvents(entity, page))
    for (const event of events) yield read(event)
    if (events.length < eventsPerPage) return
  }
}

type Filter = Omit<EntityFilter, 'afterId' | 'limit' | 'status'>

/**
 * Every entity that fits the filter, in order of id. A status goes by today's name: heads that were stored under an older one
 * are found, and say today's. @throws HostStopped
 */
export async function* readEntities(
  life: HostLife,
  storage: Storage,
  model: EntityModel,
  filter: Filter & Pick<EntityFilter, 'status'>,
): AsyncGenerator<EntityHead> {
  const { status, ...rest } = filter
  if (model.upcasts.steps.length === 0 && model.upcasts.hook === undefined) {
    yield* readHeads(life, storage, filter)
    return
  }
  const names = status === undefined ? undefined : storedStatuses(model, status)
  const sources = names?.map((name) => readHeads(life, storage, { ...rest, status: name }))
  for await (const head of sources === undefined ? readHeads(life, storage, rest) : mergeById(sources)) {
    const today = await statusToday(storage, model, head)
    if (status === undefined || status === today) yield { ...head, status: today }
  }
}

async function* readHeads(
  life: HostLife,
  storage: Storage,
  filter: Filter & Pick<EntityFilter, 'status'>,
): AsyncGenerator<EntityHead> {
  for (let afterId: string | undefined; ;) {
    const wanted = {
      ...filter,
      ...(afterId === undefined ? {} : { afterId }),
      limit: entitiesPerPage,
    }
    const page = await life.guard(`entities of ${filter.type}`, () => storage.listEntities(wanted))
    yield* page
    if (page.length < entitiesPerPage) return
    afterId = page.at(-1)?.id
  }
}

/** Several lists, each in the order of the UTF-8 bytes of ids, as one in that order. An entity is in one of them only. */
async function* mergeById(sources: readonly AsyncGenerator<EntityHead>[]): AsyncGenerator<EntityHead> {
  const fronts = await Promise.all(sources.map(async (source) => ({ source, next: await source.next() })))
  for (;;) {
    let first: (typeof fronts)[number] | undefined
    for (const front of fronts) {
      if (front.next.done === true) continue
      if (first === undefined || first.next.done === true || isBefore(front.next.value, first.next.value))
        first = front
    }
    if (first === undefined || first.next.done === true) return
    yield first.next.value
    first.next = await first.source.next()
  }
}

function isBefore(left: EntityHead, right: EntityHead): boolean {
  return Buffer.compare(Buffer.from(left.id), Buffer.from(right.id)) < 0
}
