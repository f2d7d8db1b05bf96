// Removes for good what is stored of an entity, for `Storage.erase`. One transaction behind the gate of the log, so that no
// commit is half way through. What the entity has let go of is found by its events, which are read before.
//
// Whoever adds a table that holds content of entities has it emptied here.
import { erasedEvent, StorageError } from '@perdure/core'
import type { EntityKey, EraseOptions, Erasure } from '@perdure/core'
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { BlobKeyRow } from '../blobs/content-statements.ts'
import { inKeyOrder } from '../blobs/key-order.ts'
import { gate, notice } from '../commit/log-notice.ts'
import { columnText } from '../column-text.ts'
import { encodePayload } from '../event-payload.ts'
import { importType } from '../import/import-entity.ts'
import { unnestKeys, unreferenced } from '../retention/collect-blobs.ts'
import { millisecondsOf, timeOf } from '../schema/time.ts'
import type { Tables } from '../schema/tables.ts'
import type { StorageContext } from '../storage-context.ts'
import { streamKey } from '../stream-key.ts'
import { contentsOfHistory } from './contents-of-history.ts'

/** See `Storage.erase`. */
export async function eraseEntity(
  context: StorageContext,
  entity: EntityKey,
  options: EraseOptions,
): Promise<Erasure | undefined> {
  const { database, tables, news, probe } = context
  await probe('storage.erase.begin', { id: entity.id })
  const former = options.leaveOrphans === true ? new Set<string>() : await contentsOfHistory(context, entity)
  const outcome = await database.transaction().execute(async (transaction) => {
    await sql`select from ${tables.logHead} for update`.execute(transaction)
    const { rows } = await sql<{ version: bigint; isErased: boolean }>`
      select version, erased_at is not null as "isErased" from ${tables.entities}
      where stream = ${streamKey(entity)}::uuid for update`.execute(transaction)
    const [head] = rows
    if (head === undefined) return undefined
    if (head.isErased) return { erasure: await readErasure(transaction, tables, entity), position: 0n }
    const erasure = await removeContents(transaction, context, entity, former, options)
    const position = await appendErased(transaction, tables, entity, Number(head.version) + 1, options.at)
    await record(transaction, tables, erasure)
    await probe('storage.erase.written', { id: entity.id })
    return { erasure, position }
  })
  if (outcome === undefined) return undefined
  news.tell(outcome.position)
  await probe('storage.erase.committed', { id: entity.id })
  return outcome.erasure
}

/** Locks in the order of all others: blobs by key, then references by key. */
async function removeContents(
  transaction: Kysely<unknown>,
  { tables, statements: { contents } }: StorageContext,
  entity: EntityKey,
  former: ReadonlySet<string>,
  { at, by }: EraseOptions,
): Promise<Erasure> {
  const stream = streamKey(entity)
  const { rows: refs } = await sql<BlobKeyRow & { stream: string; owner: string }>`
    select tenant, hash, stream, owner from ${tables.blobRefs} where stream = ${stream}::uuid`.execute(
    transaction,
  )
  const released = inKeyOrder(refs)
  const own = new Set(released.map(({ hash }) => hash.toString('hex')))
  const { tenant } = entity
  const keys = [...new Set([...own, ...former])].map((hash) => ({ tenant, hash: Buffer.from(hash, 'hex') }))
  const held = inKeyOrder(keys)
  await contents.holdBlobs.run(transaction, [held.map((key) => key.tenant), held.map(({ hash }) => hash)])
  const references = await contents.releaseRefs.run(transaction, [
    released.map((ref) => ref.tenant),
    released.map(({ hash }) => hash),
    released.map((ref) => ref.stream),
    released.map(({ owner }) => owner),
  ])
  const blobs = await sql<{ hash: Buffer }>`
    delete from ${tables.blobs} as blob using ${unnestKeys(held)}
    where blob.tenant = key.tenant and blob.hash = key.hash and ${unreferenced(tables)}
    returning blob.hash`.execute(transaction)
  if (entity.type === importType)
    await sql`delete from ${tables.importedBodies}
      where tenant = ${entity.tenant}::text and source = ${entity.id}::text`.execute(transaction)
  const snapshots = await sql`delete from ${tables.snapshots} where stream = ${stream}::uuid`.execute(
    transaction,
  )
  const events = await sql<{ count: bigint }>`
    with gone as (delete from ${tables.events} where stream = ${stream}::uuid returning position),
    runs as (
      insert into ${tables.erasedPositions} (stream, first, last)
      select ${stream}::uuid, min(position), max(position) from (
        select position, position - row_number() over (order by position) as run from gone
      ) as numbered
      group by run
    )
    select count(*) from gone`.execute(transaction)
  return {
    entity: { tenant: entity.tenant, type: entity.type, id: entity.id },
    erasedAt: at,
    ...(by === undefined ? {} : { erasedBy: by }),
    events: Number(events.rows[0]?.count ?? 0n),
    snapshots: Number(snapshots.numAffectedRows ?? 0n),
    references: references.rows.length,
    // Of those it held now; what it had let go of belonged to nobody.
    blobs: blobs.rows.filter(({ hash }) => own.has(hash.toString('hex'))).length,
  }
}

/** Moves the head on, past whoever still has the entity, and says so at the end of the log. */
async function appendErased(
  transaction: Kysely<unknown>,
  tables: Tables,
  entity: EntityKey,
  version: number,
  at: number,
): Promise<bigint> {
  const event = erasedEvent(entity, version, at)
  const now = timeOf(sql`${at}::int8`)
  const { rows } = await sql<{ position: bigint }>`
    with gate as (${gate(tables)}),
    moved as (
      update ${tables.entities} set version = ${version}::int8, status = ${event.to}::text,
        updated_at = ${now}, deleted_at = ${now}, erased_at = ${now}, owner = null
      where stream = ${streamKey(entity)}::uuid and exists (select from gate)
    ),
    taken as (update ${tables.logHead} set position = position + 1 where exists (select from gate) returning position),
    stored as (
      insert into ${tables.events} (stream, sequence, position, action, at, payload)
      select ${streamKey(entity)}::uuid, ${version}::int8, position, ${event.action}::text, ${now},
        ${encodePayload(event)}::json
      from taken
    ),
    told as (${notice(tables)})
    select taken.position, (select count(*) from told) from taken`.execute(transaction)
  const [row] = rows
  if (row === undefined) throw new StorageError('storage_failed', 'the log has no head; see storage check')
  return row.position
}

async function record(transaction: Kysely<unknown>, tables: Tables, erasure: Erasure): Promise<void> {
  const { entity, erasedAt, erasedBy, events, snapshots, references, blobs } = erasure
  await sql`
    insert into ${tables.erasures} (stream, erased_at, erased_by, events, snapshots, refs, blobs)
    values (${streamKey(entity)}::uuid, ${timeOf(sql`${erasedAt}::int8`)},
      ${erasedBy === undefined ? null : columnText(erasedBy)}::text, ${events}::int8, ${snapshots}::int8,
      ${references}::int8, ${blobs}::int8)`.execute(transaction)
}

interface ErasureRow {
  readonly erasedAt: bigint
  readonly erasedBy: string | null
  readonly events: bigint
  readonly snapshots: bigint
  readonly refs: bigint
  readonly blobs: bigint
}

async function readErasure(
  transaction: Kysely<unknown>,
  tables: Tables,
  { tenant, type, id }: EntityKey,
): Promise<Erasure> {
  const entity = { tenant, type, id }
  const { rows } = await sql<ErasureRow>`
    select ${millisecondsOf(sql.ref('erased_at'))} as "erasedAt", erased_by as "erasedBy", events, snapshots, refs, blobs
    from ${tables.erasures} where stream = ${streamKey(entity)}::uuid`.execute(transaction)
  const [row] = rows
  if (row === undefined)
    throw new StorageError('storage_failed', 'an erased entity has no record; see storage check')
  return {
    entity,
    erasedAt: Number(row.erasedAt),
    ...(row.erasedBy === null ? {} : { erasedBy: row.erasedBy }),
    events: Number(row.events),
    snapshots: Number(row.snapshots),
    references: Number(row.refs),
    blobs: Number(row.blobs),
  }
}
