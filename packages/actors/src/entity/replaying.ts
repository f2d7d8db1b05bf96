// Phase 2 of an activation, between loading and running: snapshot + tail → state. What storage holds beside the events is
// brought into line with that state on the way.
import { StorageError, decodeSnapshot, evolve, formatEntityKey, isPerdureError, unborn } from '@perdure/core'
import type { EntityKey, EntityModel, EntityState, LoadedEntity } from '@perdure/core'
import { withRetry } from '../persistence/with-retry.ts'
import type { EntityDeps } from './entity-deps.ts'
import { healClaims } from './heal-claims.ts'
import type { ReplayMeasure } from './snapshot-schedule.ts'

/** A state read from storage, and what reading it took; nothing was replayed of an entity that does not exist. */
export interface ReplayedEntity {
  readonly state: EntityState
  readonly measure?: ReplayMeasure
}

/**
 * Rebuilds an entity's state and heals its blobs. @throws StorageError `corrupt_stream` when the events are not whole;
 * UpcastFailed, SpecOutdated when they cannot be read under this spec
 */
export async function replayEntity(
  deps: EntityDeps,
  model: EntityModel,
  entity: EntityKey,
  loaded: LoadedEntity,
): Promise<ReplayedEntity> {
  const { base, tail } = await findBase(deps, model, entity, loaded)
  const startedAt = deps.clock.now()
  const { state, overflow } = fold(model, entity, base, tail)
  const replayMs = deps.clock.now() - startedAt
  await healClaims(deps, model, entity, state, overflow)
  return { state, measure: { snapshotSequence: base.version, events: tail.length, replayMs } }
}

/** What to replay on what. */
async function findBase(
  deps: EntityDeps,
  model: EntityModel,
  entity: EntityKey,
  { snapshot, tail, head }: LoadedEntity,
): Promise<{ readonly base: EntityState; readonly tail: LoadedEntity['tail'] }> {
  if (snapshot === undefined) return { base: unborn, tail }
  const decoded = decodeSnapshot({ type: entity.type, specHash: model.specHash }, snapshot)
  if (decoded.kind === 'state') return { base: decoded.state, tail }
  deps.activations.snapshotDiscarded(decoded.reason)
  const facts = { entity: formatEntityKey(entity), sequence: snapshot.sequence, reason: decoded.reason }
  deps.logger.warn(facts, 'a snapshot was not usable; the entity is rebuilt from its events')
  const events = await withRetry(deps, () => deps.storage.readEvents(entity, { toSequence: head.version }))
  return { base: unborn, tail: events }
}

function fold(model: EntityModel, entity: EntityKey, state: EntityState, tail: LoadedEntity['tail']) {
  try {
    return evolve(model, state, tail)
  } catch (cause) {
    if (isPerdureError(cause)) throw cause
    const details = { entity: formatEntityKey(entity), version: state.version }
    throw new StorageError(
      'corrupt_stream',
      `${details.entity}: its events cannot be replayed: ${String(cause)}`,
      {
        cause,
        details,
      },
    )
  }
}
