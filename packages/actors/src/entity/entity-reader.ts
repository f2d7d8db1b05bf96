// Reading an entity's fields: inline or overflowed, the same value either way. A blob that is missing is rebuilt from its
// event and put back before the value is handed out.
import {
  FieldUnavailable,
  StorageError,
  decodeContent,
  encodeContent,
  fieldValueOfEvent,
  formatEntityKey,
  hydrateFields,
  isPerdureError,
  locateField,
} from '@perdure/core'
import type { BlobRef, BlobWrite, EntityKey, EntityModel, EntityState, JsonValue } from '@perdure/core'
import { Unavailable } from '../errors/host-errors.ts'
import { withRetry } from '../persistence/with-retry.ts'
import type { EntityDeps } from './entity-deps.ts'
import { restoreMissingBlobs } from './heal-claims.ts'

/** Finds content that is on its way to storage. */
export type PendingContent = (hash: string) => BlobWrite | undefined

const nothingPending: PendingContent = () => undefined

/** The value of a field; undefined when it is not set. @throws FieldUnavailable when its content is gone or damaged, Unavailable */
export async function readFieldValue(
  deps: EntityDeps,
  model: EntityModel,
  entity: EntityKey,
  state: EntityState,
  field: string,
): Promise<JsonValue | undefined> {
  const location = locateField(state, field, deps.clock.now())
  switch (location.kind) {
    case 'unset':
      return undefined
    case 'inline':
      return location.value
    case 'expired':
      throw new FieldUnavailable(formatEntityKey(entity), field, 'expired')
    case 'blob':
      return readContent(deps, model, entity, state, field, location.ref)
  }
}

/**
 * The state with the value of every overflowed field in place. An expired field stays among `refs`: nothing stands in
 * for its value. @throws FieldUnavailable for the first field that is missing or corrupt, Unavailable
 */
export async function hydrateState(
  deps: EntityDeps,
  model: EntityModel,
  entity: EntityKey,
  state: EntityState,
  pendingContent: PendingContent,
): Promise<EntityState> {
  const now = deps.clock.now()
  const contents = new Map<string, JsonValue>()
  const refs: Record<string, BlobRef> = {}
  for (const [field, ref] of Object.entries(state.refs)) {
    if (locateField(state, field, now).kind === 'expired') refs[field] = ref
    else contents.set(ref.hash, await readContent(deps, model, entity, state, field, ref, pendingContent))
  }
  return { ...state, fields: hydrateFields({ ...state, refs: without(state.refs, refs) }, contents), refs }
}

function without(refs: EntityState['refs'], left: EntityState['refs']): EntityState['refs'] {
  return Object.fromEntries(Object.entries(refs).filter(([field]) => !Object.hasOwn(left, field)))
}

/** The value behind a reference. @throws FieldUnavailable when it is gone or damaged, Unavailable */
export async function readContent(
  deps: EntityDeps,
  model: EntityModel,
  entity: EntityKey,
  state: EntityState,
  field: string,
  ref: BlobRef,
  pendingContent: PendingContent = nothingPending,
): Promise<JsonValue> {
  const name = formatEntityKey(entity)
  const pending = pendingContent(ref.hash)
  if (pending !== undefined) return decodeContent(pending.bytes)
  try {
    const bytes = await withRetry(deps, () => deps.storage.readBlob(entity.tenant, ref.hash))
    if (bytes === undefined) return await rebuildContent(deps, model, entity, state, field, ref)
    // Its hash is the storage's to verify; that nothing was cut off is seen for nothing here too.
    if (bytes.length !== ref.size) throw new FieldUnavailable(name, field, 'corrupt')
    return decodeContent(bytes)
  } catch (error) {
    if (isPerdureError(error, 'corrupt_blob')) throw new FieldUnavailable(name, field, 'corrupt', error)
    throw error instanceof StorageError ? new Unavailable(name, error) : error
  }
}

/** The log still has what the blob held, unless the field is journalled by reference. */
async function rebuildContent(
  deps: EntityDeps,
  model: EntityModel,
  entity: EntityKey,
  state: EntityState,
  field: string,
  { hash, sequence }: BlobRef,
): Promise<JsonValue> {
  const range = { fromSequence: sequence, toSequence: sequence }
  const [event] = await withRetry(deps, () => deps.storage.readEvents(entity, range))
  const value = event && fieldValueOfEvent(model, event, field, state)
  if (value === undefined || encodeContent(value).hash !== hash) {
    throw new FieldUnavailable(formatEntityKey(entity), field, 'missing')
  }
  await restoreMissingBlobs(deps, model, entity, state)
  return value
}
