// Listing in any order, for mutants.
import type { EntityFilter, EntityHead, Storage } from '@perdure/core'

/** Everything the filter lets through, in the order of `compare`, which also decides what is after `afterId`,
 * which `inclusive` does not leave out. */
export async function listAll(
  storage: Storage,
  { afterId, limit, ...filter }: EntityFilter,
  compare: (left: string, right: string) => number,
  inclusive = false,
): Promise<readonly EntityHead[]> {
  const heads = await storage.listEntities({ ...filter, limit: Infinity })
  return heads
    .toSorted((left, right) => compare(left.id, right.id))
    .filter((head) => afterId === undefined || compare(head.id, afterId) > (inclusive ? -1 : 0))
    .slice(0, limit)
}

/** JavaScript's own order of strings. */
export function compareUtf16(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
