import { viewFields } from '@perdure/core'
import type { EntityState, JsonObject } from '@perdure/core'

/** A state as it is handed out: an `EntityState` that prints overflowed fields as `{ "$blob": … }` in JSON. */
export type StateView = EntityState & { readonly toJSON: () => JsonObject }

/** Makes a state printable; the state itself stays shared, nothing is copied deeply. */
export function viewState(state: EntityState): StateView {
  const toJSON = (): JsonObject => {
    const { status, version, deletedAt } = state
    const view = { status, version, fields: viewFields(state) }
    return deletedAt === undefined ? view : { ...view, deletedAt }
  }
  // Not enumerable: a view has the keys of a state and no others.
  return Object.defineProperty({ ...state }, 'toJSON', { value: toJSON }) as StateView
}
