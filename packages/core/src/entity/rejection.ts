import type { FailingPart } from '../model/explain-failure.ts'

/** Every way a model refuses a command. */
export type RejectionCode =
  /** The payload holds what JSON cannot say. */
  | 'not_json'
  | 'unknown_action'
  | 'entity_deleted'
  | 'wrong_status'
  | 'guard_failed'
  | 'undeclared_param'
  | 'missing_param'
  | 'wrong_param_type'
  | 'reserved_field_name'
  | 'invalid_field_name'
  | 'effect_failed'
  | 'invariant_violated'
  | 'field_invariant_violated'
  | 'field_content_unavailable'

/** A command the model refuses. Leaves no trace: no event, no version, no blob. */
export interface Rejection {
  readonly code: RejectionCode
  /** What happened, to which entity, and what to do. */
  readonly message: string
  readonly action: string
  /** The part of the guard or invariant that failed. */
  readonly failing?: FailingPart
}
