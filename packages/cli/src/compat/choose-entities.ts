// Which entities are looked at: all of a type, or a sample that is the same every time.
import { hashContent } from '@perdure/core'
import type { EntityKey, Storage } from '@perdure/core'

const headsPerPage = 500

/** The living entities of a type, of every tenant or of one, page by page. */
export async function* livingEntities(
  storage: Storage,
  type: string,
  tenant: string | undefined,
): AsyncGenerator<EntityKey> {
  for (let after: EntityKey | undefined; ;) {
    const page =
      tenant === undefined
        ? await storage.listAcrossTenants({ type, ...(after && { after }), limit: headsPerPage })
        : await storage.listEntities({
            type,
            tenant,
            ...(after && { afterId: after.id }),
            limit: headsPerPage,
          })
    for (const head of page) yield { tenant: head.tenant, type, id: head.id }
    after = page.at(-1)
    if (page.length < headsPerPage) return
  }
}

/** As many as asked for, spread evenly: those whose names have the smallest hashes. Holds no more than these. */
export async function sampleOf(
  entities: AsyncIterable<EntityKey>,
  size: number,
): Promise<readonly EntityKey[]> {
  let kept: { readonly rank: string; readonly entity: EntityKey }[] = []
  for await (const entity of entities) {
    kept.push({ rank: hashContent(`${entity.tenant}\0${entity.id}`), entity })
    if (kept.length >= 2 * size) kept = smallest(kept, size)
  }
  return smallest(kept, size).map(({ entity }) => entity)
}

function smallest<Ranked extends { readonly rank: string }>(
  ranked: readonly Ranked[],
  size: number,
): Ranked[] {
  return ranked.toSorted((left, right) => (left.rank < right.rank ? -1 : 1)).slice(0, size)
}
