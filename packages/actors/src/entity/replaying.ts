// Phase 2 of an activation, between loading and running: snapshot + tail → state, and the blobs that the state refers to
// and that storage has lost are put back. Only those: superseded and expired content stays away.
import {
  StorageError,
  canOverflow,
  decodeSnapshot,
  encodeContent,
  evolve,
  fieldValueOfEvent,
  formatEntityKey,
  isPerdureError,
  own,
  unborn,
} from '@perdure/core'
import type {
  BlobRef,
  BlobWrite,
  EntityKey,
  EntityModel,
  EntityState,
  LoadedEntity,
  RefClaim,
} from '@perdure/core'
import { withRetry } from '../persistence/with-retry.ts'
import type { EntityDeps } from './entity-deps.ts'

/**
 * Rebuilds an entity's state and heals its blobs. @throws StorageError `corrupt_stream` when the events are not whole;
 * UpcastFailed, SpecOutdated when they cannot be read under this spec
 */
export async function replayEntity(
  deps: EntityDeps,
  model: EntityModel,
  entity: EntityKey,
  loaded: LoadedEntity,
): Promise<EntityState> {
  const { state, overflow } = await rebuild(deps, model, entity, loaded)
  const isWhole = await restoreMissingBlobs(deps, model, entity, state, overflow)
  // In this order: content of a renamed field is held under its new name before the claim under the old one is released.
  if (isWhole && mayHoldClaims(state)) await alignStoredClaims(deps, entity, state)
  return state
}

async function rebuild(
  deps: EntityDeps,
  model: EntityModel,
  entity: EntityKey,
  { snapshot, tail, head }: LoadedEntity,
) {
  if (snapshot === undefined) return fold(model, entity, unborn, tail)
  const decoded = decodeSnapshot({ type: entity.type, specHash: model.specHash }, snapshot)
  if (decoded.kind === 'state') return fold(model, entity, decoded.state, tail)
  deps.activations.snapshotDiscarded(decoded.reason)
  const facts = { entity: formatEntityKey(entity), sequence: snapshot.sequence, reason: decoded.reason }
  deps.logger.warn(facts, 'a snapshot was not usable; the entity is rebuilt from its events')
  const events = await withRetry(deps, () => deps.storage.readEvents(entity, { toSequence: head.version }))
  return fold(model, entity, unborn, events)
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

/**
 * Releases claims that the state does not have, and gives those it has their expiry: under the ceilings and lifetimes of
 * today they may differ from what was stored under those of yesterday, and nobody else would ever notice. Asking when
 * nothing has changed costs one look by index. A failure is logged; the next activation asks again.
 */
async function alignStoredClaims(deps: EntityDeps, entity: EntityKey, state: EntityState): Promise<void> {
  const claims = Object.entries(state.refs).map(([field, ref]) => claimOf(field, ref))
  try {
    const changed = await deps.storage.alignClaims(entity, state.version, claims)
    deps.activations.claimsAligned(changed)
  } catch (error) {
    deps.logger.error(
      { entity: formatEntityKey(entity), error: String(error) },
      'claims could not be aligned with the state',
    )
  }
}

/** Whether any ceiling could have made one of its values a claim. */
function mayHoldClaims({ fields, refs }: EntityState): boolean {
  return (
    Object.keys(refs).length > 0 ||
    Object.entries(fields).some(([field, value]) => field !== 'status' && canOverflow(value))
  )
}

/**
 * Puts back the blobs of the current state that storage no longer has, and the references: a field that was renamed since
 * has none under its new name, whether or not the log still holds the content. One idempotent write. A failure here is logged
 * and does not keep the entity from running: the next activation, or the next read of the field, tries again.
 * @returns whether it succeeded
 */
export async function restoreMissingBlobs(
  deps: EntityDeps,
  model: EntityModel,
  entity: EntityKey,
  state: EntityState,
  overflow: readonly BlobWrite[] = [],
): Promise<boolean> {
  const claims = liveClaims(state, deps.clock.now())
  if (claims.length === 0) return true
  try {
    const missing = await deps.storage.findMissingClaims(entity, claims)
    if (missing.length === 0) return true
    const known = new Map(overflow.map((content) => [content.hash, content]))
    const contents = await Promise.all(
      missing.map((claim) => findContent(deps, model, entity, state, claim, known)),
    )
    const blobs = contents.filter((content) => content !== undefined)
    await deps.probe('entity.before_restore', { id: entity.id, blobs: blobs.length })
    await deps.storage.restoreClaims(entity, state.version, missing, blobs)
    deps.logger.info(
      { entity: formatEntityKey(entity), blobs: blobs.length },
      'put back blobs that were missing',
    )
    return true
  } catch (error) {
    deps.logger.error(
      { entity: formatEntityKey(entity), error: String(error) },
      'missing blobs could not be put back',
    )
    return false
  }
}

/** The references of a state that have not expired, as claims. An expired one is never resurrected. */
function liveClaims(state: EntityState, now: number): readonly RefClaim[] {
  return Object.entries(state.refs).flatMap(([field, ref]) =>
    ref.expiresAt === undefined || ref.expiresAt > now ? [claimOf(field, ref)] : [],
  )
}

function claimOf(field: string, { hash, expiresAt }: BlobRef): RefClaim {
  return expiresAt === undefined ? { field, hash } : { field, hash, expiresAt }
}

/** The content behind a claim: from the replayed tail or, for a field older than the snapshot, from its event. */
async function findContent(
  deps: EntityDeps,
  model: EntityModel,
  entity: EntityKey,
  state: EntityState,
  { field, hash }: RefClaim,
  known: ReadonlyMap<string, BlobWrite>,
): Promise<BlobWrite | undefined> {
  const replayed = known.get(hash)
  if (replayed !== undefined) return replayed
  const sequence = own(state.refs, field)?.sequence ?? 0
  const [event] = await deps.storage.readEvents(entity, { fromSequence: sequence, toSequence: sequence })
  const value = event && fieldValueOfEvent(model, event, field, state)
  const content = value === undefined ? undefined : encodeContent(value)
  return content?.hash === hash ? content : undefined
}
