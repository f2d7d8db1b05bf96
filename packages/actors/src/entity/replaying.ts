// Phase 2 of an entity's life, between loading and running: snapshot + tail → state. What storage holds beside the events is
// brought into line with that state on the way.
import { Replay, StorageError, decodeSnapshot, formatEntityKey, isPerdureError, unborn } from '@perdure/core'
import type { EntityEvent, EntityKey, EntityModel, EntityState, LoadedEntity } from '@perdure/core'
import { instruments } from '../observe/instruments.ts'
import { observe } from '../observe/observed-storage.ts'
import type { EntityDeps } from './entity-deps.ts'
import { healClaims } from './heal-claims.ts'
import { loadRest } from './loading.ts'
import type { LoadDeps } from './loading.ts'
import type { ReplayMeasure } from './snapshot-schedule.ts'

/** A state read from storage, and what reading it took; nothing was replayed of an entity that does not exist. */
export interface ReplayedEntity {
  readonly state: EntityState
  readonly measure?: ReplayMeasure
}

/**
 * Rebuilds an entity's state and heals its blobs; undefined when the entity was erased meanwhile, or is not wanted
 * any more. @throws StorageError
 * `corrupt_stream` when the events are not whole; UpcastFailed, SpecOutdated when they cannot be read under this spec
 */
export function replayEntity(
  deps: LoadDeps,
  model: EntityModel,
  entity: EntityKey,
  loaded: LoadedEntity,
): Promise<ReplayedEntity | undefined> {
  const events = loaded.head.version - (loaded.snapshot?.sequence ?? 0)
  const attributes = { 'perdure.type': entity.type, 'perdure.events': events }
  return observe(deps.telemetry, instruments.replay.name, attributes, () =>
    rebuild(deps, model, entity, loaded),
  )
}

async function rebuild(
  deps: LoadDeps,
  model: EntityModel,
  entity: EntityKey,
  loaded: LoadedEntity,
): Promise<ReplayedEntity | undefined> {
  const { base, tail } = findBase(deps, model, entity, loaded)
  const replay = new Replay(model, base)
  let replayMs = 0
  const take = (events: readonly EntityEvent[]): void => {
    const startedAt = deps.clock.now()
    apply(replay, entity, events)
    replayMs += deps.clock.now() - startedAt
  }
  take(tail)
  if (replay.version < loaded.head.version && !(await loadRest(deps, loaded, replay.version, take))) {
    return undefined
  }
  const { state, overflow } = replay.close()
  if (state.version < loaded.head.version) throw endsShort(entity, state.version, loaded.head.version)
  await healClaims(deps, model, entity, state, overflow, loaded.holdsNoClaims === true)
  const events = state.version - base.version
  return { state, measure: { snapshotSequence: base.version, events, replayMs } }
}

/** What to replay on what, to begin with. */
function findBase(
  deps: EntityDeps,
  model: EntityModel,
  entity: EntityKey,
  { snapshot, tail }: LoadedEntity,
): { readonly base: EntityState; readonly tail: LoadedEntity['tail'] } {
  if (snapshot === undefined) return { base: unborn, tail }
  const decoded = decodeSnapshot({ type: entity.type, specHash: model.specHash }, snapshot)
  if (decoded.kind === 'state') return { base: decoded.state, tail }
  deps.activations.snapshotDiscarded(decoded.reason)
  const facts = { entity: formatEntityKey(entity), sequence: snapshot.sequence, reason: decoded.reason }
  deps.logger.warn(facts, 'a snapshot was not usable; the entity is rebuilt from its events')
  return { base: unborn, tail: [] }
}

function endsShort(entity: EntityKey, version: number, head: number): StorageError {
  const details = { entity: formatEntityKey(entity), version, head }
  const message = `${details.entity}: its events end at ${version}, its head is at ${head}; restore them from a backup`
  return new StorageError('corrupt_stream', message, { details })
}

function apply(replay: Replay, entity: EntityKey, events: readonly EntityEvent[]): void {
  try {
    replay.take(events)
  } catch (cause) {
    if (isPerdureError(cause)) throw cause
    const details = { entity: formatEntityKey(entity), version: replay.version }
    const message = `${details.entity}: its events cannot be replayed: ${String(cause)}`
    throw new StorageError('corrupt_stream', message, { cause, details })
  }
}
