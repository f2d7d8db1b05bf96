import type { Command, EntityEvent, EntityState, PerdureError } from '@perdure/core'

/** What a command came to: the event it became, with the state after it; or why there is none. */
export type CommandOutcome =
  | { readonly ok: true; readonly event: EntityEvent; readonly state: EntityState }
  | { readonly ok: false; readonly error: PerdureError }

/** A command on its way through an entity, and where its outcome goes. `settle` is called exactly once. */
export interface CommandRequest {
  readonly command: Command
  /** What it takes of the room there is, as estimated. */
  readonly bytes?: number
  /** Told what is certain: an event that has committed, or why there is none. */
  readonly settle: (outcome: CommandOutcome) => void
  /**
   * Told once what was decided, before that is certain, for an asker who wants to hear so early. `settle` follows all the
   * same, and may have to say otherwise.
   */
  acknowledge?: ((outcome: CommandOutcome) => void) | undefined
  /** How often it was decided and lost to a conflict. */
  attempts: number
  /** It is decided on a state that was read after it was asked. */
  isFresh?: boolean
}

/** Tells an asker who wants to hear before it is certain; whoever has heard does not hear again. */
export function acknowledge(request: CommandRequest, outcome: CommandOutcome): void {
  const tell = request.acknowledge
  if (tell === undefined) return
  request.acknowledge = undefined
  tell(outcome)
}

/** Tells the askers why there is no event. */
export function rejectAll(requests: readonly CommandRequest[], error: PerdureError): void {
  for (const request of requests) request.settle({ ok: false, error })
}
