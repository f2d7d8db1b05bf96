// Reads heads: of given entities, and page by page of a type.
import type { EntityFilter, EntityHead, EntityKey, TenantsFilter } from '@perdure/core'
import { sql } from 'kysely'
import type { StorageContext } from '../storage-context.ts'
import { streamKey } from '../stream-key.ts'
import type { HeadColumns } from './load-statements.ts'
import { headColumns } from './load-statements.ts'

/** See `Storage.readHeads`. */
export async function readHeads(
  { database, statements }: StorageContext,
  entities: readonly EntityKey[],
): Promise<readonly (EntityHead | undefined)[]> {
  const streams = entities.map(streamKey)
  const { rows } = await statements.load.readHeads.run(database, [streams])
  const byStream = new Map(rows.map((row) => [row.stream, row]))
  return entities.map((entity, index) => {
    const row = byStream.get(streams[index] ?? '')
    return row === undefined ? undefined : headOf(entity, row)
  })
}

/** See `Storage.listEntities`. */
export async function listEntities(
  { database, tables }: StorageContext,
  filter: EntityFilter,
): Promise<readonly EntityHead[]> {
  const { tenant, type, status, afterId, includeDeleted, limit } = filter
  const { rows } = await sql<HeadColumns & { id: string }>`
    select head.id, ${headColumns} from ${tables.entities} as head
    where head.tenant = ${tenant}::text and head.type = ${type}::text
      ${status === undefined ? sql`` : sql`and head.status = ${status}::text`}
      ${afterId === undefined ? sql`` : sql`and head.id > ${afterId}::text`}
      ${includeDeleted === true ? sql`` : sql`and head.deleted_at is null`}
    order by head.id
    limit ${limit}::int8`.execute(database)
  return rows.map((row) => headOf({ tenant, type, id: row.id }, row))
}

/** See `Storage.listAcrossTenants`. */
export async function listAcrossTenants(
  { database, tables }: StorageContext,
  { type, statuses, after, limit }: TenantsFilter,
): Promise<readonly EntityHead[]> {
  const { rows } = await sql<HeadColumns & { tenant: string; id: string }>`
    select head.tenant, head.id, ${headColumns} from ${tables.entities} as head
    where head.type = ${type}::text and head.deleted_at is null
      ${statuses === undefined ? sql`` : sql`and head.status = any(${statuses}::text[])`}
      ${after === undefined ? sql`` : sql`and (head.tenant, head.id) > (${after.tenant}::text, ${after.id}::text)`}
    order by head.tenant, head.id
    limit ${limit}::int8`.execute(database)
  return rows.map((row) => headOf({ tenant: row.tenant, type, id: row.id }, row))
}

/** A head from its row. */
export function headOf(entity: EntityKey, row: HeadColumns): EntityHead {
  return {
    tenant: entity.tenant,
    type: entity.type,
    id: entity.id,
    version: Number(row.version),
    status: row.status,
    updatedAt: Number(row.updatedAt),
    ...(row.deletedAt === null ? {} : { deletedAt: Number(row.deletedAt) }),
    ...(row.erasedAt === null ? {} : { erasedAt: Number(row.erasedAt) }),
    ...(row.owner === null ? {} : { owner: Number(row.owner) }),
  }
}
