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
  apply(model, draft, events)
  return draft.close()
}

/**
 * The same for a history that comes in parts: one draft from its first event to its last. Fields are synced, and measured,
 * once at the end: what a later part supersedes is never looked at.
 */
export class Replay {
  readonly #model: EntityModel
  readonly #draft: Draft

  /** @param state - what the first event follows on */
  constructor(model: EntityModel, state: EntityState) {
    this.#model = model
    this.#draft = new Draft(state, model.policies)
  }

  /** The sequence of the last event that was taken. */
  get version(): number {
    return this.#draft.version
  }

  /** Applies the events that come next; throws what `evolve` does, and is of no use from then on. */
  take(events: readonly EntityEvent[]): void {
    apply(this.#model, this.#draft, events)
  }

  /** Ends it. */
  close(): Evolution {
    return this.#draft.close()
  }
}

function apply(model: EntityModel, draft: Draft, events: readonly EntityEvent[]): void {
  for (const event of events) {
    if (event.sequence !== draft.version + 1) {
      throw new RangeError(`event ${event.sequence} cannot follow version ${draft.version}`)
    }
    applyEvent(draft, upcastEvent(model, event))
  }
}
