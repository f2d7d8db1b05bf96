// What storage holds of a state beside its events: contents and the claims on them. Brought into line when an entity is
// activated. Best effort: what fails does not keep the entity from running, and is tried again behind.
import { canOverflow, encodeContent, fieldValueOfEvent, formatEntityKey, own } from '@perdure/core'
import type { BlobRef, BlobWrite, EntityKey, EntityModel, EntityState, RefClaim } from '@perdure/core'
import type { EntityDeps } from './entity-deps.ts'
import { keyText } from './key-text.ts'

/**
 * Puts back what is missing, then releases and renews claims. In this order: content of a renamed field is held under its
 * new name before the claim under the old one is released.
 *
 * @param isUnclaimed - nothing is claimed, so that nothing can be released: most entities, and they cost no round trip
 */
export async function healClaims(
  deps: EntityDeps,
  model: EntityModel,
  entity: EntityKey,
  state: EntityState,
  overflow: readonly BlobWrite[],
  isUnclaimed: boolean,
): Promise<void> {
  if (isUnclaimed ? Object.keys(state.refs).length === 0 : !mayHoldClaims(state)) return
  await nowOrBehind(deps, entity, async () => {
    await restore(deps, model, entity, state, overflow)
    if (!isUnclaimed) await align(deps, entity, state)
  })
}

/** Puts back the blobs of the current state that storage no longer has, and the references to them. */
export async function restoreMissingBlobs(
  deps: EntityDeps,
  model: EntityModel,
  entity: EntityKey,
  state: EntityState,
): Promise<void> {
  await nowOrBehind(deps, entity, () => restore(deps, model, entity, state, []))
}

/** Does nothing once the state has moved on, so that it may come late. */
async function nowOrBehind(
  { behind, logger }: EntityDeps,
  entity: EntityKey,
  run: () => Promise<void>,
): Promise<void> {
  try {
    await run()
  } catch (error) {
    const about = formatEntityKey(entity)
    logger.warn(
      { entity: about, error: String(error) },
      'contents and claims could not be put right; that is tried again',
    )
    behind.put({ operation: 'blobTouch', about, key: keyText(entity), run })
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
 * Releases claims that the state does not have, and gives those it has their expiry: under the ceilings and lifetimes of
 * today they may differ from what was stored under those of yesterday, and nobody else would ever notice. Asking when
 * nothing has changed costs one look by index.
 */
async function align(deps: EntityDeps, entity: EntityKey, state: EntityState): Promise<void> {
  const claims = Object.entries(state.refs).map(([field, ref]) => claimOf(field, ref))
  deps.activations.claimsAligned(await deps.storage.alignClaims(entity, state.version, claims))
}

/** A field that was renamed since has no reference under its new name, whether or not the log still holds the content. */
async function restore(
  deps: EntityDeps,
  model: EntityModel,
  entity: EntityKey,
  state: EntityState,
  overflow: readonly BlobWrite[],
): Promise<void> {
  const claims = liveClaims(state, deps.clock.now())
  if (claims.length === 0) return
  const missing = await deps.storage.findMissingClaims(entity, claims)
  if (missing.length === 0) return
  const known = new Map(overflow.map((content) => [content.hash, content]))
  const contents = await Promise.all(
    missing.map((claim) => findContent(deps, model, entity, state, claim, known)),
  )
  const blobs = contents.filter((content) => content !== undefined)
  await deps.probe('entity.before_restore', { id: entity.id, blobs: blobs.length })
  await deps.storage.restoreClaims(entity, state.version, missing, blobs)
  const facts = { entity: formatEntityKey(entity), blobs: blobs.length }
  deps.logger.info(facts, 'put back blobs that were missing')
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
