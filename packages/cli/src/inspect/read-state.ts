// The state of a stored entity, rebuilt by reading alone: nothing is activated, repaired or written.
import {
  FieldUnavailable,
  StorageError,
  decodeContent,
  Replay,
  decodeSnapshot,
  encodeContent,
  fieldValueOfEvent,
  formatEntityKey,
  isPerdureError,
  locateField,
  readOn,
  unborn,
} from '@perdure/core'
import type {
  BlobRef,
  EntityHead,
  EntityKey,
  EntityModel,
  EntityState,
  JsonValue,
  Storage,
} from '@perdure/core'

/** An entity as stored. */
export interface StoredEntity {
  readonly head: EntityHead
  readonly state: EntityState
}

/** Reads and replays; undefined when the entity was never created. @throws StorageError `corrupt_stream` */
export async function readStoredEntity(
  storage: Storage,
  model: EntityModel,
  entity: EntityKey,
): Promise<StoredEntity | undefined> {
  const loaded = await storage.load(entity, { specHash: model.specHash })
  if (loaded === undefined) return undefined
  const { head, snapshot, tail } = loaded
  const identity = { type: entity.type, specHash: model.specHash }
  const decoded = snapshot && decodeSnapshot(identity, snapshot)
  const replay = new Replay(model, decoded?.kind === 'state' ? decoded.state : unborn)
  try {
    if (decoded === undefined || decoded.kind === 'state') replay.take(tail)
    const rest = { fromSequence: replay.version + 1, toSequence: head.version }
    const isWhole = await readOn(
      (page) => storage.readPage(entity, page),
      rest,
      (events) => replay.take(events),
    )
    return isWhole ? { head, state: replay.close().state } : await readStoredEntity(storage, model, entity)
  } catch (cause) {
    if (isPerdureError(cause)) throw cause
    const message = `${formatEntityKey(entity)}: its events cannot be replayed: ${String(cause)}`
    throw new StorageError('corrupt_stream', message, { cause })
  }
}

/** The value of a field, wherever it is; undefined when it is not set. @throws FieldUnavailable */
export async function readStoredField(
  storage: Storage,
  model: EntityModel,
  entity: EntityKey,
  state: EntityState,
  field: string,
  now: number,
): Promise<JsonValue | undefined> {
  const location = locateField(state, field, now)
  switch (location.kind) {
    case 'unset':
      return undefined
    case 'inline':
      return location.value
    case 'expired':
      throw new FieldUnavailable(formatEntityKey(entity), field, 'expired')
    case 'blob':
      return readContent(storage, model, entity, state, field, location.ref)
  }
}

/** The blob's content or, where that is gone, what the event still holds. */
async function readContent(
  storage: Storage,
  model: EntityModel,
  entity: EntityKey,
  state: EntityState,
  field: string,
  { hash, sequence }: BlobRef,
): Promise<JsonValue> {
  const bytes = await storage.readBlob(entity.tenant, hash)
  if (bytes !== undefined) return decodeContent(bytes)
  const [event] = await storage.readEvents(entity, { fromSequence: sequence, toSequence: sequence })
  const value = event && fieldValueOfEvent(model, event, field, state)
  if (value !== undefined && encodeContent(value).hash === hash) return value
  throw new FieldUnavailable(formatEntityKey(entity), field, 'missing')
}
