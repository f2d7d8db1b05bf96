// Reading an entity's fields: inline or overflowed, the same value either way. A blob that is missing is rebuilt from its
// event and put back before the value is handed out.
import {
  FieldUnavailable,
  decodeContent,
  encodeContent,
  fieldValueOfEvent,
  formatEntityKey,
  hydrateFields,
  isPerdureError,
  locateField,
} from '@perdure/core'
import type { BlobRef, EntityKey, EntityState, JsonValue } from '@perdure/core'
import type { EntityDeps } from './entity-deps.ts'
import { restoreMissingBlobs } from './replaying.ts'

/** The value of a field; undefined when it is not set. @throws FieldUnavailable when its content is gone or damaged */
export async function readFieldValue(
  deps: EntityDeps,
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
      return readContent(deps, entity, state, field, location.ref)
  }
}

/**
 * The state with the value of every overflowed field in place. An expired field stays among `refs`: nothing stands in
 * for its value. @throws FieldUnavailable for the first field that is missing or corrupt
 */
export async function hydrateState(
  deps: EntityDeps,
  entity: EntityKey,
  state: EntityState,
): Promise<EntityState> {
  const now = deps.clock.now()
  const contents = new Map<string, JsonValue>()
  const refs: Record<string, BlobRef> = {}
  for (const [field, ref] of Object.entries(state.refs)) {
    if (locateField(state, field, now).kind === 'expired') refs[field] = ref
    else contents.set(ref.hash, await readContent(deps, entity, state, field, ref))
  }
  return { ...state, fields: hydrateFields({ ...state, refs: without(state.refs, refs) }, contents), refs }
}

function without(refs: EntityState['refs'], left: EntityState['refs']): EntityState['refs'] {
  return Object.fromEntries(Object.entries(refs).filter(([field]) => !Object.hasOwn(left, field)))
}

async function readContent(
  deps: EntityDeps,
  entity: EntityKey,
  state: EntityState,
  field: string,
  ref: BlobRef,
): Promise<JsonValue> {
  try {
    const bytes = await deps.storage.readBlob(entity.tenant, ref.hash)
    if (bytes !== undefined) return decodeContent(bytes)
  } catch (error) {
    if (!isPerdureError(error, 'corrupt_blob')) throw error
    throw new FieldUnavailable(formatEntityKey(entity), field, 'corrupt', error)
  }
  return rebuildContent(deps, entity, state, field, ref)
}

/** The log still has what the blob held, unless the field is journalled by reference. */
async function rebuildContent(
  deps: EntityDeps,
  entity: EntityKey,
  state: EntityState,
  field: string,
  { hash, sequence }: BlobRef,
): Promise<JsonValue> {
  const [event] = await deps.storage.readEvents(entity, { fromSequence: sequence, toSequence: sequence })
  const value = event && fieldValueOfEvent(event, field, state)
  if (value === undefined || encodeContent(value).hash !== hash) {
    throw new FieldUnavailable(formatEntityKey(entity), field, 'missing')
  }
  await restoreMissingBlobs(deps, entity, state)
  return value
}
