import { viewFields } from '@perdure/core'
import type { EntityState, JsonObject } from '@perdure/core'
import type { EntityTypeShape, FieldsOf, UntypedEntity } from './entity-types.ts'

/** A state as it is handed out: an `EntityState` that prints overflowed fields as `{ "$blob": … }` in JSON. */
export interface StateView<Type extends EntityTypeShape = UntypedEntity> extends Omit<
  EntityState,
  'status' | 'fields'
> {
  readonly status: Type['status']
  readonly fields: FieldsOf<Type>
  readonly toJSON: () => JsonObject
}

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
