// Reads a long history to its end, for whoever replays one: one page in hand, the next one on its way, so that memory is
// bounded by two pages and nobody waits for a page who could have asked for it before.
import type { EntityEvent } from '../entity/event.ts'
import type { EventPage, PageRange } from './storage.ts'

/**
 * Hands out the events of a range, which may be empty, part by part and in order. What is committed meanwhile lies behind the
 * range; whoever takes events sees to it that they run on, as `Replay` does.
 *
 * @param read - `Storage.readPage` of the entity, with whatever its caller puts around a call of a storage
 * @returns false when the entity was erased meanwhile: what was handed out leads nowhere, and is to be read anew
 */
export async function readOn(
  read: (range: PageRange) => Promise<EventPage | undefined>,
  { fromSequence, toSequence }: PageRange,
  take: (events: readonly EntityEvent[]) => void,
): Promise<boolean> {
  let next = fromSequence > toSequence ? undefined : read({ fromSequence, toSequence })
  while (next !== undefined) {
    const page = await next
    if (page === undefined) return false
    next = page.last < toSequence ? read({ fromSequence: page.last + 1, toSequence }) : undefined
    // Whoever stops in between, for an event is damaged, does not hear of the page that he did not wait for.
    next?.catch(() => {})
    for await (const events of page.decode()) take(events)
  }
  return true
}
