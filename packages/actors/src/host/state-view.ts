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
  return new PrintableState(state)
}

/** Its own keys are those of a state and no others. Every command is answered with one, so it costs no closure. */
class PrintableState implements StateView {
  readonly status: string
  readonly version: number
  readonly counters: EntityState['counters']
  readonly numbers: EntityState['numbers']
  readonly booleans: EntityState['booleans']
  readonly lists: EntityState['lists']
  readonly fields: EntityState['fields']
  readonly refs: EntityState['refs']
  declare readonly deletedAt?: number

  constructor(state: EntityState) {
    this.status = state.status
    this.version = state.version
    this.counters = state.counters
    this.numbers = state.numbers
    this.booleans = state.booleans
    this.lists = state.lists
    this.fields = state.fields
    this.refs = state.refs
    if (state.deletedAt !== undefined) this.deletedAt = state.deletedAt
  }

  toJSON(): JsonObject {
    const { status, version, deletedAt } = this
    const view = { status, version, fields: viewFields(this) }
    return deletedAt === undefined ? view : { ...view, deletedAt }
  }
}
