import type { EntityState } from '../entity/entity-state.ts'
import type { JsonObject, JsonValue } from '../json/json-value.ts'
import type { BlobRef } from './blob-ref.ts'

/** A blob reference as people and other programs see it in JSON. Only ever written, never read back. */
export function viewBlobRef(ref: BlobRef): JsonObject {
  const { hash, size, expiresAt } = ref
  const key = `field-overflow/sha256/${hash}.json`
  return { $blob: expiresAt === undefined ? { key, size } : { key, size, expiresAt } }
}

/** All fields of a state for display: inline values as they are, overflowed ones as their `$blob` view. */
export function viewFields(state: EntityState): JsonObject {
  const fields: Record<string, JsonValue> = { ...state.fields }
  for (const [field, ref] of Object.entries(state.refs)) fields[field] = viewBlobRef(ref)
  return fields
}
