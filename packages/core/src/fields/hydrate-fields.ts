import type { EntityState } from '../entity/entity-state.ts'
import type { JsonValue } from '../json/json-value.ts'

/** The fields of a state with overflowed values put back; the inverse of field sync's overflow. */
export function hydrateFields(
  state: EntityState,
  contents: ReadonlyMap<string, JsonValue>,
): Readonly<Record<string, JsonValue>> {
  const fields = { ...state.fields }
  for (const [field, { hash }] of Object.entries(state.refs)) {
    const value = contents.get(hash)
    if (value !== undefined) fields[field] = value
  }
  return fields
}
