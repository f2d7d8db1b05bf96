// One page of the entities of a type.
import type { EntityFilter, EntityHead, TenantsFilter } from '../storage/storage.ts'
import { compareUtf8 } from './compare-utf8.ts'

/** The heads that the filter lets through, by id in UTF-8 byte order, at most `limit`. */
export function listHeads(heads: Iterable<EntityHead>, filter: EntityFilter): EntityHead[] {
  return [...heads]
    .filter((head) => passes(head, filter))
    .sort((left, right) => compareUtf8(left.id, right.id))
    .slice(0, filter.limit)
}

function passes(head: EntityHead, { tenant, type, status, includeDeleted, afterId }: EntityFilter): boolean {
  return (
    head.tenant === tenant &&
    head.type === type &&
    (status === undefined || head.status === status) &&
    (includeDeleted === true || head.deletedAt === undefined) &&
    (afterId === undefined || compareUtf8(head.id, afterId) > 0)
  )
}

/** The living heads of a type that the filter lets through, by tenant and id in UTF-8 byte order, at most `limit`. */
export function listHeadsAcrossTenants(heads: Iterable<EntityHead>, filter: TenantsFilter): EntityHead[] {
  const { type, statuses, after, limit } = filter
  return [...heads]
    .filter((head) => head.type === type && head.deletedAt === undefined)
    .filter((head) => statuses?.includes(head.status) !== false)
    .filter((head) => after === undefined || compareKeys(head, after) > 0)
    .sort(compareKeys)
    .slice(0, limit)
}

type Key = Pick<EntityHead, 'tenant' | 'id'>

function compareKeys(left: Key, right: Key): number {
  return compareUtf8(left.tenant, right.tenant) || compareUtf8(left.id, right.id)
}
