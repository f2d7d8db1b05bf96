// Reads an entity's events a page at a time, and makes sure that none is missing: a gap is an error, never a shorter history.
import { formatEntityKey, StorageError } from '@perdure/core'
import type { EntityEvent, EntityKey, EventPage, PageRange } from '@perdure/core'
import { sql } from 'kysely'
import { corruptStream, decodePayloads } from '../event-payload.ts'
import type { StorageContext } from '../storage-context.ts'
import { streamKey } from '../stream-key.ts'
import type { ChunkRow } from './load-statements.ts'

/** See `Storage.readPage`. */
export async function readPage(
  context: StorageContext,
  entity: EntityKey,
  { fromSequence, toSequence }: PageRange,
): Promise<EventPage | undefined> {
  const { rows } = await context.statements.load.readPage.run(context.database, [
    streamKey(entity),
    fromSequence,
    toSequence,
  ])
  let last = fromSequence - 1
  for (const chunk of rows) {
    if (!followsOn(chunk, last + 1)) return gapOrErased(context, entity, last + 1, Number(chunk.last))
    last = Number(chunk.last)
  }
  if (rows.length === 0) return gapOrErased(context, entity, fromSequence, toSequence)
  return { last, decode: () => decodeChunks(context, entity, rows) }
}

/** Decodes the events that came with the head. @throws StorageError `corrupt_stream` unless they begin where they should */
export async function decodeFirstChunk(
  context: StorageContext,
  entity: EntityKey,
  fromSequence: number,
  chunk: ChunkRow,
): Promise<readonly EntityEvent[]> {
  if (!followsOn(chunk, fromSequence)) throw await gap(context, entity, fromSequence, Number(chunk.last))
  return decodeChunk(context, entity, chunk)
}

/** The head was read before, the events after. */
export function erasedMeanwhile(entity: EntityKey): StorageError {
  return new StorageError(
    'storage_contention',
    `${formatEntityKey(entity)} was erased while it was being read; read again`,
  )
}

/** Whether a chunk runs on from a sequence, and has as many events as it should. */
function followsOn({ first, last, count }: ChunkRow, next: number): boolean {
  return Number(first) === next && Number(count) === Number(last) - next + 1
}

async function* decodeChunks(
  context: StorageContext,
  entity: EntityKey,
  chunks: readonly ChunkRow[],
): AsyncGenerator<readonly EntityEvent[]> {
  // Decoding keeps the thread busy. What has been asked for meanwhile, the next page among it, goes out before.
  await new Promise<void>((resolve) => {
    setImmediate(resolve)
  })
  for (const chunk of chunks) yield await decodeChunk(context, entity, chunk)
}

async function decodeChunk(
  context: StorageContext,
  entity: EntityKey,
  { first, last, count, payloads }: ChunkRow,
): Promise<EntityEvent[]> {
  let events: EntityEvent[]
  try {
    events = decodePayloads(entity, Number(first), payloads)
  } catch (error) {
    // One parse for all does not tell which of them it was.
    await decodeOneByOne(context, entity, Number(first), Number(last))
    throw error
  }
  if (events.length === Number(count)) return events
  throw corruptStream(entity, Number(first), `${count} events`, events.length)
}

/** @throws StorageError `corrupt_stream`, naming the first event that cannot be decoded */
async function decodeOneByOne(
  { database, tables }: StorageContext,
  entity: EntityKey,
  first: number,
  last: number,
): Promise<void> {
  const { rows } = await sql<{ sequence: bigint; payload: string }>`
    select sequence, payload::text as payload from ${tables.events}
    where stream = ${streamKey(entity)}::uuid and sequence between ${first}::int8 and ${last}::int8
    order by sequence`.execute(database)
  for (const { sequence, payload } of rows) decodePayloads(entity, Number(sequence), payload)
}

/** Why events are not where they should be. @throws StorageError `corrupt_stream` unless the entity has been erased */
async function gapOrErased(
  context: StorageContext,
  entity: EntityKey,
  next: number,
  to: number,
): Promise<undefined> {
  const { database, statements } = context
  const { rows } = await statements.load.readHeads.run(database, [[streamKey(entity)]])
  const [head] = rows
  if (head !== undefined && head.erasedAt !== null && next < Number(head.version)) return undefined
  throw await gap(context, entity, next, to)
}

/** The error for the first sequence that is missing, which only a search of its own can name. */
async function gap(
  { database, tables }: StorageContext,
  entity: EntityKey,
  next: number,
  to: number,
): Promise<StorageError> {
  const { rows } = await sql<{ sequence: bigint }>`
    select sequence from ${tables.events}
    where stream = ${streamKey(entity)}::uuid and sequence between ${next}::int8 and ${to}::int8
    order by sequence`.execute(database)
  const missing = rows.findIndex(({ sequence }, index) => Number(sequence) !== next + index)
  const found = rows[missing]?.sequence
  const sequence = next + (missing === -1 ? rows.length : missing)
  return corruptStream(
    entity,
    sequence,
    sequence,
    found === undefined ? 'the end of the stream' : Number(found),
  )
}
