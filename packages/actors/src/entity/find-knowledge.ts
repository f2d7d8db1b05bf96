// What a decision asked to know beyond the state: contents of overflowed fields, statuses of related entities.
import { FieldUnavailable, formatEntityKey, locateField, relatedKey } from '@perdure/core'
import type { EntityHead, EntityKey, EntityModel, EntityState, Knowledge, Needs } from '@perdure/core'
import { withRetry } from '../persistence/with-retry.ts'
import type { EntityDeps } from './entity-deps.ts'
import { readContent } from './entity-reader.ts'
import type { PendingContent } from './entity-reader.ts'

/** Fetches the needs and adds them to what is known already. @throws FieldUnavailable, Unavailable, StorageError */
export async function findKnowledge(
  deps: EntityDeps,
  model: EntityModel,
  entity: EntityKey,
  state: EntityState,
  pendingContent: PendingContent,
  needs: Needs,
  known: Knowledge,
): Promise<Knowledge> {
  const contents = new Map(known.contents)
  for (const field of needs.fields) {
    const location = locateField(state, field, deps.clock.now())
    if (location.kind === 'expired') throw new FieldUnavailable(formatEntityKey(entity), field, 'expired')
    if (location.kind !== 'blob') continue
    const { ref } = location
    contents.set(ref.hash, await readContent(deps, model, entity, state, field, ref, pendingContent))
  }
  return { contents, related: await findRelated(deps, entity, needs, known) }
}

async function findRelated(deps: EntityDeps, { tenant }: EntityKey, needs: Needs, known: Knowledge) {
  const related = new Map(known.related)
  const asked = [...needs.related.values()]
  if (asked.length === 0) return related
  const keys = asked.map(({ type, id }) => ({ tenant, type, id }))
  const heads = await withRetry(deps, () => deps.storage.readHeads(keys))
  const { statusOf = (head: EntityHead) => Promise.resolve(head.status) } = deps
  const statuses = await Promise.all(heads.map(async (head) => (head === undefined ? null : statusOf(head))))
  asked.forEach((entity, index) => related.set(relatedKey(entity), statuses[index] ?? null))
  return related
}
