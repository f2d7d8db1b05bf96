// The short name of an entity inside the database.
import { hash } from 'node:crypto'
import type { EntityKey } from '@perdure/core'

/**
 * The 16 bytes that stand for an entity in every table, written as a uuid: SHA-256 of the JSON array
 * `[tenant,type,id]`, cut. 16 bytes keep primary keys short whatever the ids, and shard evenly; two entities sharing one
 * is as likely as guessing a random uuid, and the unique index on (tenant, type, id) would refuse the second.
 */
export function streamKey(entity: EntityKey): string {
  const hex = hash('sha256', JSON.stringify([entity.tenant, entity.type, entity.id]))
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
