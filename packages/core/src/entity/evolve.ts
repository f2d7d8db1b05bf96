// The law of the framework in one function: state + events = state. Live, in replay, in the checker and in tests.
import type { BlobWrite } from '../fields/blob-ref.ts'
import type { EntityModel } from '../model/entity-model.ts'
import { upcastEvent } from '../upcast/upcast-event.ts'
import { applyEvent } from './apply-event.ts'
import { Draft } from './draft.ts'
import type { EntityState } from './entity-state.ts'
import type { EntityEvent } from './event.ts'

/** A state and the content that its fields overflowed with. */
export interface Evolution {
  readonly state: EntityState
  /** One entry for each field that the events left above its ceiling; superseded values are not among them. */
  readonly overflow: readonly BlobWrite[]
}

/**
 * Applies events to a state. Pure and associative: applying them one by one, in groups or all at once gives an equal
 * state. An event of an older spec version is applied as it reads today. Sequences must follow on the state's version.
 * @throws RangeError if they do not, a fault of the caller; UpcastFailed, SpecOutdated
 */
export function evolve(model: EntityModel, state: EntityState, events: readonly EntityEvent[]): Evolution {
  const draft = new Draft(state, model.policies)
  for (const event of events) {
    if (event.sequence !== draft.version + 1) {
      throw new RangeError(`event ${event.sequence} cannot follow version ${draft.version}`)
    }
    applyEvent(draft, upcastEvent(model, event))
  }
  return draft.close()
}
