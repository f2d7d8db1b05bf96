// Reads an entity for activation, and ranges of its events. Checks that what is stored is whole: a gap or a duplicate is an
// error, never a shorter history.
import { readOn } from '@perdure/core'
import type { EntityEvent, EntityKey, LoadedEntity, ReadRange, SnapshotRecord } from '@perdure/core'
import { columnText } from '../column-text.ts'
import { decodePayloads } from '../event-payload.ts'
import type { StorageContext } from '../storage-context.ts'
import { streamKey } from '../stream-key.ts'
import { headOf } from './heads.ts'
import type { ChunkRow, HeadColumns, LoadRow } from './load-statements.ts'
import { decodeFirstChunk, erasedMeanwhile, readPage } from './read-page.ts'

/** See `Storage.load`. One round trip; the tail is whole unless more than 200 events, or 256 KB of them, follow the snapshot. */
export async function loadEntity(
  context: StorageContext,
  entity: EntityKey,
  specHash: string,
): Promise<LoadedEntity | undefined> {
  const { rows } = await context.statements.load.loadEntity.run(context.database, [
    streamKey(entity),
    specHash,
  ])
  const [row] = rows
  if (row === undefined) return undefined
  const head = headOf(entity, row)
  const snapshot = snapshotOf(row, specHash)
  const first = Math.max((snapshot?.sequence ?? 0) + 1, firstOf(row))
  const chunk = firstChunk(row)
  const tail = chunk === undefined ? [] : await decodeFirstChunk(context, entity, first, chunk)
  return {
    head,
    tail,
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(row.isUnclaimed === true ? { holdsNoClaims: true } : {}),
  }
}

/** See `Storage.readEvents`. */
export async function readEvents(
  context: StorageContext,
  entity: EntityKey,
  range: ReadRange,
): Promise<readonly EntityEvent[]> {
  const { rows } = await context.statements.load.readHeads.run(context.database, [[streamKey(entity)]])
  const version = Number(rows[0]?.version ?? 0n)
  const from = Math.max(range.fromSequence ?? 1, rows[0] === undefined ? 1 : firstOf(rows[0]))
  const to = Math.min(range.toSequence ?? version, version, from + (range.limit ?? version) - 1)
  const events: EntityEvent[] = []
  const isWhole = await readOn(
    (page) => readPage(context, entity, page),
    { fromSequence: from, toSequence: to },
    (page) => {
      for (const event of page) events.push(event)
    },
  )
  if (!isWhole) throw erasedMeanwhile(entity)
  return events
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

/** The sequence of the first event there is: of an erased entity it is the last one too. */
function firstOf({ version, erasedAt }: HeadColumns): number {
  return erasedAt === null ? 1 : Number(version)
}

function firstChunk({ first, last, count, payloads }: LoadRow): ChunkRow | undefined {
  if (first === null || last === null || count === null || payloads === null) return undefined
  return { first, last, count, payloads }
}

function snapshotOf(row: LoadRow, specHash: string): SnapshotRecord | undefined {
  if (row.snapshotSequence === null || row.snapshotBody === null) return undefined
  return { sequence: Number(row.snapshotSequence), specHash, bytes: row.snapshotBody }
}
