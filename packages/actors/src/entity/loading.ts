// Phase 1 of an activation, before replaying: reads what storage has of the entity. Repeats while the storage may answer.
import { readOn } from '@perdure/core'
import type { EntityEvent, EntityKey, EntityModel, LoadedEntity } from '@perdure/core'
import { withRetry } from '../persistence/with-retry.ts'
import type { RetryDeps } from '../persistence/with-retry.ts'
import type { EntityDeps } from './entity-deps.ts'

/** An activation that nobody wants any more asks no further. */
export type LoadDeps = EntityDeps & Pick<RetryDeps, 'isWanted'>

/** Loads an entity; undefined when it was never created. @throws StorageError when the storage does not answer in time */
export async function loadEntity(
  deps: LoadDeps,
  model: EntityModel,
  entity: EntityKey,
): Promise<LoadedEntity | undefined> {
  await deps.probe('entity.before_load', { id: entity.id })
  return withRetry(deps, () => deps.storage.load(entity, { specHash: model.specHash }))
}

/**
 * Reads the events after those that were loaded, up to the head that was loaded, whatever has been committed since.
 * @returns false when the entity was erased meanwhile, or is not wanted any more @throws StorageError when the storage does not answer in time
 */
export function loadRest(
  deps: LoadDeps,
  { head }: LoadedEntity,
  version: number,
  take: (events: readonly EntityEvent[]) => void,
): Promise<boolean> {
  return readOn(
    async (page) => {
      await deps.probe('entity.before_page', { id: head.id, fromSequence: page.fromSequence })
      if (deps.isWanted?.() === false) return undefined
      return withRetry(deps, () => deps.storage.readPage(head, page))
    },
    { fromSequence: version + 1, toSequence: head.version },
    take,
  )
}
