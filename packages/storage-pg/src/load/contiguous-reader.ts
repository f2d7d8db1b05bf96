// Gathers an entity's events, chunk by chunk, and makes sure that none is missing: a gap is an error, never a shorter history.
import { formatEntityKey, StorageError } from '@perdure/core'
import type { EntityEvent, EntityKey } from '@perdure/core'
import { sql } from 'kysely'
import { corruptStream, decodePayloads } from '../event-payload.ts'
import type { StorageContext } from '../storage-context.ts'
import { streamKey } from '../stream-key.ts'
import type { ChunkRow } from './load-statements.ts'

/** Reads events that must run on from one sequence to another. */
export class ContiguousReader {
  /** What was read so far. */
  readonly events: EntityEvent[] = []
  readonly #context: StorageContext
  readonly #entity: EntityKey
  #next: number

  constructor(context: StorageContext, entity: EntityKey, options: { readonly first: number }) {
    this.#context = context
    this.#entity = entity
    this.#next = options.first
  }

  /** @throws StorageError `corrupt_stream` unless the chunk runs on from what was read */
  async take(chunk: ChunkRow): Promise<void> {
    const [first, last] = [Number(chunk.first), Number(chunk.last)]
    if (first !== this.#next || Number(chunk.count) !== last - first + 1) throw await this.#gap(last)
    const events = decodePayloads(this.#entity, first, chunk.payloads)
    if (events.length !== Number(chunk.count)) {
      throw corruptStream(this.#entity, first, `${chunk.count} events`, events.length)
    }
    for (const event of events) this.events.push(event)
    this.#next = last + 1
  }

  /**
   * Reads on to `to`, a page at a time, so that what is under way is bounded however long the stream.
   *
   * @throws StorageError `corrupt_stream`
   */
  async readOn(to: number): Promise<void> {
    const { database, statements } = this.#context
    const stream = streamKey(this.#entity)
    while (this.#next <= to) {
      const { rows } = await statements.load.readPage.run(database, [stream, this.#next, to])
      if (rows.length === 0) throw await this.#gap(to)
      for (const row of rows) await this.take(row)
    }
  }

  /** The error for the first sequence that is missing, which only a search of its own can name. */
  async #gap(to: number): Promise<StorageError> {
    const { database, tables } = this.#context
    if (await this.#isErased()) return erasedMeanwhile(this.#entity)
    const { rows } = await sql<{ sequence: bigint }>`
      select sequence from ${tables.events}
      where stream = ${streamKey(this.#entity)}::uuid and sequence between ${this.#next}::int8 and ${to}::int8
      order by sequence`.execute(database)
    const missing = rows.findIndex(({ sequence }, index) => Number(sequence) !== this.#next + index)
    const found = rows[missing]?.sequence
    const sequence = this.#next + (missing === -1 ? rows.length : missing)
    return corruptStream(
      this.#entity,
      sequence,
      sequence,
      found === undefined ? 'the end of the stream' : Number(found),
    )
  }

  async #isErased(): Promise<boolean> {
    const { database, statements } = this.#context
    const { rows } = await statements.load.readHeads.run(database, [[streamKey(this.#entity)]])
    const [head] = rows
    return head !== undefined && head.erasedAt !== null && this.#next < Number(head.version)
  }
}

/** The head was read before, the events after. */
function erasedMeanwhile(entity: EntityKey): StorageError {
  return new StorageError(
    'storage_contention',
    `${formatEntityKey(entity)} was erased while it was being read; read again`,
  )
}
