// Reads an entity for activation, and ranges of its events. Checks that what is stored is whole: a gap or a duplicate is an
// error, never a shorter history.
import type { EntityEvent, EntityKey, LoadedEntity, ReadRange, SnapshotRecord } from '@perdure/core'
import { columnText } from '../commit/column-text.ts'
import { corruptStream, decodePayloads } from '../event-payload.ts'
import type { StorageContext } from '../storage-context.ts'
import { streamKey } from '../stream-key.ts'
import { headOf } from './heads.ts'
import type { ChunkRow, LoadRow } from './load-statements.ts'

/** See `Storage.load`. One round trip unless more than 200 events, or 256 KB of them, follow the snapshot. */
export async function loadEntity(
  context: StorageContext,
  entity: EntityKey,
  specHash: string,
): Promise<LoadedEntity | undefined> {
  const stream = streamKey(entity)
  const { rows } = await context.statements.load.loadEntity.run(context.database, [stream, specHash])
  const [row] = rows
  if (row === undefined) return undefined
  const head = headOf(entity, row)
  const snapshot = snapshotOf(row, specHash)
  const reader = new ContiguousReader(entity, (snapshot?.sequence ?? 0) + 1)
  reader.take(firstChunk(row))
  await readOn(context, stream, reader, head.version)
  return { head, ...(snapshot === undefined ? {} : { snapshot }), tail: reader.events }
}

/** See `Storage.readEvents`. */
export async function readEvents(
  context: StorageContext,
  entity: EntityKey,
  range: ReadRange,
): Promise<readonly EntityEvent[]> {
  const [head] = await readHeadVersions(context, entity)
  const from = Math.max(range.fromSequence ?? 1, 1)
  const to = Math.min(range.toSequence ?? head, head, from + (range.limit ?? head) - 1)
  const reader = new ContiguousReader(entity, from)
  await readOn(context, streamKey(entity), reader, to)
  return reader.events
}

/** See `Storage.findByIdempotencyKey`. */
export async function findByIdempotencyKey(
  context: StorageContext,
  entity: EntityKey,
  idempotencyKey: string,
): Promise<EntityEvent | undefined> {
  const { rows } = await context.statements.load.findByKey.run(context.database, [
    streamKey(entity),
    columnText(idempotencyKey),
  ])
  const [row] = rows
  return row === undefined ? undefined : decodePayloads(entity, Number(row.sequence), row.payload)[0]
}

/** Gathers events that must run on from the first one without a gap. */
class ContiguousReader {
  readonly events: EntityEvent[] = []
  readonly #entity: EntityKey
  #next: number

  constructor(entity: EntityKey, first: number) {
    this.#entity = entity
    this.#next = first
  }

  /** The sequence that comes next. */
  get next(): number {
    return this.#next
  }

  /** @throws StorageError `corrupt_stream` unless the chunk continues what was read */
  take(chunk: ChunkRow | undefined): void {
    if (chunk === undefined) return
    const first = Number(chunk.first)
    if (first !== this.#next) throw corruptStream(this.#entity, this.#next, this.#next, first)
    const events = decodePayloads(this.#entity, first, chunk.payloads)
    const last = Number(chunk.last)
    if (events.length !== last - first + 1) {
      throw corruptStream(this.#entity, first, `${last - first + 1} events up to ${last}`, events.length)
    }
    for (const event of events) this.events.push(event)
    this.#next = last + 1
  }

  /** @throws StorageError `corrupt_stream`: the stream ends before `to` */
  refuseEnd(to: number): never {
    throw corruptStream(this.#entity, this.#next, `events up to ${to}`, 'the end of the stream')
  }
}

/** Reads on to `to`, a page at a time, so that what is under way is bounded however long the stream. */
async function readOn(
  context: StorageContext,
  stream: string,
  reader: ContiguousReader,
  to: number,
): Promise<void> {
  while (reader.next <= to) {
    const { rows } = await context.statements.load.readPage.run(context.database, [
      stream,
      reader.next,
      to,
      to - reader.next + 1,
    ])
    if (rows.length === 0) reader.refuseEnd(to)
    for (const row of rows) reader.take(row)
  }
}

async function readHeadVersions(context: StorageContext, entity: EntityKey): Promise<[number]> {
  const { rows } = await context.statements.load.readHeads.run(context.database, [[streamKey(entity)]])
  return [Number(rows[0]?.version ?? 0n)]
}

function firstChunk({ first, last, count, payloads }: LoadRow): ChunkRow | undefined {
  if (first === null || last === null || count === null || payloads === null) return undefined
  return { first, last, count, payloads }
}

function snapshotOf(row: LoadRow, specHash: string): SnapshotRecord | undefined {
  if (row.snapshotSequence === null || row.snapshotBody === null) return undefined
  return { sequence: Number(row.snapshotSequence), specHash, bytes: row.snapshotBody }
}
