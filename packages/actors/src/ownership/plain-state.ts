import type { EntityState } from '@perdure/core'
import type { StateView } from '../host/state-view.ts'

/** The state behind a view, which prints itself as something for people. */
export function plainState(view: StateView): EntityState {
  const { status, version, counters, numbers, booleans, lists, fields, refs, deletedAt } = view
  const state = { status, version, counters, numbers, booleans, lists, fields, refs }
  return deletedAt === undefined ? state : { ...state, deletedAt }
}
