// Loads as an activation does: the head, the snapshot, and the tail to its end, however many pages that takes.
import assert from 'node:assert/strict'
import { readOn } from '@perdure/core'
import type { EntityEvent, EntityKey, EventPage, LoadedEntity, Storage } from '@perdure/core'

/** What was loaded, with the whole tail; undefined when there is no such entity. Fails when the events are gone before their end. */
export async function loadWhole(
  storage: Storage,
  entity: EntityKey,
  options: { readonly specHash: string },
): Promise<LoadedEntity | undefined> {
  const loaded = await storage.load(entity, options)
  return loaded && { ...loaded, tail: await readTail(storage, entity, loaded) }
}

/** The tail of what was loaded, to its end. */
export async function readTail(
  storage: Storage,
  entity: EntityKey,
  { head, snapshot, tail }: LoadedEntity,
): Promise<readonly EntityEvent[]> {
  const events = [...tail]
  const first = (tail.at(-1)?.sequence ?? snapshot?.sequence ?? 0) + 1
  const isWhole = await readOn(
    (page) => storage.readPage(entity, page),
    { fromSequence: first, toSequence: head.version },
    (page) => events.push(...page),
  )
  assert.ok(isWhole, 'the events are there')
  return events
}

/** The events of a page; none of no page. */
export async function eventsOf(page: EventPage | undefined): Promise<readonly EntityEvent[]> {
  const events: EntityEvent[] = []
  if (page !== undefined) for await (const part of page.decode()) events.push(...part)
  return events
}
