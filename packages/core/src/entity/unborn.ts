import type { EntityState } from './entity-state.ts'

/** The state before the first event: what `Created` is applied to. */
export const unborn: EntityState = {
  status: '',
  version: 0,
  counters: {},
  numbers: {},
  booleans: {},
  lists: {},
  fields: {},
  refs: {},
}
