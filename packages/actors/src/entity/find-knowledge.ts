// What a decision asked to know beyond the state: contents of overflowed fields, statuses of related entities.
import { FieldUnavailable, decodeContent, formatEntityKey, locateField, relatedKey } from '@perdure/core'
import type { BlobWrite, EntityKey, EntityState, Knowledge, Needs } from '@perdure/core'
import type { EntityDeps } from './entity-deps.ts'

/** Fetches the needs and adds them to what is known already. @throws FieldUnavailable, StorageError */
export async function findKnowledge(
  deps: EntityDeps,
  entity: EntityKey,
  state: EntityState,
  pendingContent: (hash: string) => BlobWrite | undefined,
  needs: Needs,
  known: Knowledge,
): Promise<Knowledge> {
  const contents = new Map(known.contents)
  for (const field of needs.fields) {
    const location = locateField(state, field, deps.clock.now())
    if (location.kind === 'expired') throw new FieldUnavailable(formatEntityKey(entity), field, 'expired')
    if (location.kind !== 'blob') continue
    const { hash } = location.ref
    const bytes = pendingContent(hash)?.bytes ?? (await deps.storage.readBlob(entity.tenant, hash))
    if (bytes === undefined) throw new FieldUnavailable(formatEntityKey(entity), field, 'missing')
    contents.set(hash, decodeContent(bytes))
  }
  return { contents, related: await findRelated(deps, entity, needs, known) }
}

async function findRelated({ storage }: EntityDeps, { tenant }: EntityKey, needs: Needs, known: Knowledge) {
  const related = new Map(known.related)
  const asked = [...needs.related.values()]
  if (asked.length === 0) return related
  const heads = await storage.readHeads(asked.map(({ type, id }) => ({ tenant, type, id })))
  asked.forEach((entity, index) => related.set(relatedKey(entity), heads[index]?.status ?? null))
  return related
}
