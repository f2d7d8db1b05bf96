import type { EntityEvent } from '../entity/event.ts'
import type { LogEntry, LogPage } from '../storage/log.ts'

/**
 * A page as whoever handles it reads its events. It ends before an event that cannot be read, which the next one then begins with.
 * @throws what is wrong with the first event
 */
export function readPage(page: LogPage, readAs: ((event: EntityEvent) => EntityEvent) | undefined): LogPage {
  if (readAs === undefined) return page
  const entries: LogEntry[] = []
  for (const { position, event } of page.entries) {
    try {
      entries.push({ position, event: readAs(event) })
    } catch (error) {
      const last = entries.at(-1)
      if (last === undefined) throw error
      return { ...page, entries, seenUpTo: last.position }
    }
  }
  return { ...page, entries }
}
