// Whether a state has become too large. An event can add so much to a state and no more, so most are settled by adding up what
// their events may have added at most; the state itself is measured when that sum reaches the limit, and when it was just read.
import { jsonSize, sizeBound } from '@perdure/core'
import type { EntityEvent, EntityState, JsonValue } from '@perdure/core'

/** One step of an entity. */
export interface MeasuredStep {
  readonly before: EntityState
  /** An upper bound of the bytes of `before`; undefined when nobody has measured it. */
  readonly stateBytes: number | undefined
  readonly event: EntityEvent
  /** An upper bound of its bytes. */
  readonly eventBytes: number
  readonly state: EntityState
}

/** What a reference takes at most beside what its event says of it. */
const referenceBytes = 512

/** An upper bound of the bytes after the step; where they are over the limit and the step is to be refused, exactly those. */
export function measureState(
  { before, stateBytes, event, eventBytes, state }: MeasuredStep,
  maxBytes: number,
): { readonly isOver: boolean; readonly bytes: number } {
  // A list that gets shorter may come back from a reference into its field, which its event does not hold.
  const isBounded = !event.effects.some(([, kind]) => kind === 'removeAt')
  if (stateBytes !== undefined && isBounded) {
    // A param may go to its field and, by effects, to variables, each of which is a field too.
    const growth = 2 * (event.effects.length + 1) * (eventBytes + referenceBytes)
    if (stateBytes + growth <= maxBytes) return { isOver: false, bytes: stateBytes + growth }
  }
  const json = state as unknown as JsonValue
  const bound = sizeBound(json, maxBytes)
  if (bound <= maxBytes) return { isOver: false, bytes: bound }
  const bytes = jsonSize(json)
  if (bytes <= maxBytes || state.deletedAt !== undefined) return { isOver: false, bytes }
  // A limit that was lowered must not keep an entity from becoming smaller.
  return { isOver: bytes > jsonSize(before as unknown as JsonValue), bytes }
}
