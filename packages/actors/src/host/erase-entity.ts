// Erases an entity on behalf of a host: in storage first, then in memory, so that nothing of it is shown or written again.
import { formatEntityKey } from '@perdure/core'
import type { EntityKey, Erasure } from '@perdure/core'
import { EntityErased, EntityNotFound } from '../errors/host-errors.ts'
import type { EntityDeps } from '../entity/entity-deps.ts'
import { unavailable } from '../entity/failures.ts'
import { withRetry } from '../persistence/with-retry.ts'
import type { HostLife } from './host-life.ts'
import type { Registry } from './registry.ts'

/** How a reference erases its entity. */
export interface EraseEntityOptions {
  /** Who asked for it, for the record; not the person whom the entity is about. */
  readonly by?: string
  /** See `EraseOptions.leaveOrphans`: for erasing many entities one after the other. */
  readonly leaveOrphans?: boolean
}

/** What is needed for it. */
export interface EraseDeps {
  readonly deps: EntityDeps
  readonly life: HostLife
  readonly registry: Registry
}

/** @throws EntityNotFound, Unavailable, HostStopped */
export async function eraseEntity(
  { deps, life, registry }: EraseDeps,
  entity: EntityKey,
  { by, leaveOrphans = false }: EraseEntityOptions,
): Promise<Erasure> {
  life.refuseWhenStopping(entity)
  const options = { at: deps.clock.now(), leaveOrphans, ...(by === undefined ? {} : { by }) }
  const erasing = withRetry(deps, () => deps.storage.erase(entity, options))
  const erasure = await erasing.catch((error: unknown) => {
    throw unavailable(entity, error)
  })
  if (erasure === undefined) throw new EntityNotFound(formatEntityKey(entity))
  // What it was asked meanwhile hears why; what is in flight conflicts, for the head has moved on.
  registry.find(entity)?.process.stop(new EntityErased(formatEntityKey(entity), erasure.erasedAt))
  registry.remove(entity)
  return erasure
}
