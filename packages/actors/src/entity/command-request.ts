import type { Command, EntityEvent, EntityState, PerdureError } from '@perdure/core'

/** What a command came to: the event it became, committed, with the state after it; or why there is none. */
export type CommandOutcome =
  | { readonly ok: true; readonly event: EntityEvent; readonly state: EntityState }
  | { readonly ok: false; readonly error: PerdureError }

/** A command on its way through an entity, and where its outcome goes. `settle` is called exactly once. */
export interface CommandRequest {
  readonly command: Command
  readonly settle: (outcome: CommandOutcome) => void
  /** How often it was decided and lost to a conflict. */
  attempts: number
}
