// The log in memory: entry n is at position n. Holds the same texts as the streams do, parsed anew for every reader.
import type { EntityEvent } from '../entity/event.ts'
import type { EntityKey } from '../entity/entity-key.ts'
import { defaultLogBytes, defaultLogLimit } from '../storage/log.ts'
import type { LogEntry, LogPage, LogRange } from '../storage/log.ts'

interface StoredEntry {
  readonly tenant: string
  readonly type: string
  readonly text: string
}

/** Every event, in order of commit. */
export class Log {
  /** Nothing where an entity was erased. */
  readonly #entries: (StoredEntry | undefined)[] = []

  /** The newest position. */
  get head(): bigint {
    return BigInt(this.#entries.length)
  }

  /** Appends the events of one entity. @returns the position of the first */
  append({ tenant, type }: EntityKey, texts: readonly string[]): bigint {
    const first = this.head + 1n
    for (const text of texts) this.#entries.push({ tenant, type, text })
    return first
  }

  /** Forgets what is at these positions; they stay taken. */
  erase(positions: readonly bigint[]): void {
    for (const position of positions) this.#entries[Number(position) - 1] = undefined
  }

  /** Whether what was at this position has been erased. */
  isErased(position: bigint): boolean {
    return this.#entries[Number(position) - 1] === undefined
  }

  /** See `Storage.readLog`. */
  read({ after, limit = defaultLogLimit, maxBytes = defaultLogBytes, types, tenant }: LogRange): LogPage {
    const { head } = this
    const entries: LogEntry[] = []
    let bytes = 0
    let seenUpTo = after
    if (limit <= 0) return { entries, seenUpTo, head }
    for (let position = after < 0n ? 1n : after + 1n; position <= head; position++) {
      const stored = this.#entries[Number(position) - 1]
      if (stored !== undefined && fits(stored, types, tenant)) {
        bytes += Buffer.byteLength(stored.text)
        if (entries.length > 0 && bytes > maxBytes) break
        entries.push({ position, event: JSON.parse(stored.text) as EntityEvent })
      }
      seenUpTo = position
      if (entries.length >= limit) break
    }
    return { entries, seenUpTo, head }
  }
}

function fits(entry: StoredEntry, types: readonly string[] | undefined, tenant: string | undefined): boolean {
  return (
    (types === undefined || types.includes(entry.type)) && (tenant === undefined || entry.tenant === tenant)
  )
}
