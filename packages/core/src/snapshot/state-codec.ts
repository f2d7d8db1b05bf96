import type { EntityState } from '../entity/entity-state.ts'

/** A state as text. Lone surrogates and NUL are escaped by JSON, so that every string comes back as it was. */
export function encodeState(state: EntityState): string {
  return JSON.stringify(state)
}

/** A state from the text that `encodeState` made. @throws SyntaxError if it is not JSON */
export function decodeState(text: string): EntityState {
  return JSON.parse(text) as EntityState
}
