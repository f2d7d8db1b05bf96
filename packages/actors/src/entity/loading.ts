// Phase 1 of an activation, before replaying: reads what storage has of the entity. Repeats while the storage may answer.
import type { EntityKey, EntityModel, LoadedEntity } from '@perdure/core'
import { withRetry } from '../persistence/with-retry.ts'
import type { RetryDeps } from '../persistence/with-retry.ts'
import type { EntityDeps } from './entity-deps.ts'

/** Loads an entity; undefined when it was never created. @throws StorageError when the storage does not answer in time */
export async function loadEntity(
  deps: EntityDeps & Pick<RetryDeps, 'isWanted'>,
  model: EntityModel,
  entity: EntityKey,
): Promise<LoadedEntity | undefined> {
  await deps.probe('entity.before_load', { id: entity.id })
  return withRetry(deps, () => deps.storage.load(entity, { specHash: model.specHash }))
}
