// Phase 1 of an entity's life, before replaying: reads what storage has of it. Repeats while the storage may answer.
import { formatEntityKey, readOn } from '@perdure/core'
import type { EntityEvent, EntityKey, EntityModel, LoadedEntity } from '@perdure/core'
import { EntityErased } from '../errors/host-errors.ts'
import { withRetry } from '../persistence/with-retry.ts'
import type { RetryDeps } from '../persistence/with-retry.ts'
import type { EntityDeps } from './entity-deps.ts'
import type { Signalling } from './load-gate.ts'

/** An activation that nobody wants any more asks no further. */
export type LoadDeps = EntityDeps & Required<Pick<RetryDeps, 'isWanted'>>

/**
 * Loads an entity; undefined when it was never created. While too many are being loaded it waits, not longer than for an answer.
 * @throws StorageError when the storage does not answer in time, EntityErased; the signal's reason, should that fire while it waits
 */
export async function loadEntity(
  deps: LoadDeps,
  { specHash }: EntityModel,
  entity: EntityKey,
  unwanted?: Signalling,
): Promise<LoadedEntity | undefined> {
  await deps.probe('entity.before_load', { id: entity.id })
  const loaded = await inTurn(deps, entity, unwanted, () => deps.storage.load(entity, { specHash }))
  const erasedAt = loaded?.head.erasedAt
  if (erasedAt !== undefined) throw new EntityErased(formatEntityKey(entity), erasedAt)
  return loaded
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
      if (!deps.isWanted()) return undefined
      return inTurn(deps, head, undefined, () => deps.storage.readPage(head, page))
    },
    { fromSequence: version + 1, toSequence: head.version },
    take,
  )
}

/** One read of a history, when there is room for it, as often as it takes; only a try has a place. */
function inTurn<Result>(
  deps: LoadDeps,
  { tenant }: Pick<EntityKey, 'tenant'>,
  unwanted: Signalling | undefined,
  read: () => Promise<Result>,
): Promise<Result> {
  return withRetry(deps, (over) => {
    const givenUp = unwanted === undefined ? [over] : [over, unwanted]
    return deps.loads.run(tenant, givenUp, read)
  })
}
