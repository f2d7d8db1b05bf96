import type { LogPage } from '../storage/log.ts'

/** Where in the log a page is, for people. */
export function placeOf({ entries }: LogPage): string {
  const [first, last] = [entries[0]?.position, entries.at(-1)?.position]
  return first === last ? `position ${first}` : `positions ${first} to ${last}`
}

/** The longest text of an error that is kept, UTF-16 units. */
const maxErrorLength = 2_000

/** What went wrong, as it is stored: no longer than that, and nothing that a text column refuses. */
export function textOf(place: string, error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return `${place}${text}`.slice(0, maxErrorLength).toWellFormed().replaceAll('\0', '\uFFFD')
}
