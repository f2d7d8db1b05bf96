// What must hold: always (invariant), eventually (liveness), and of field values (field invariant).
import type { Expression } from './expression.ts'

/** One `[[invariant]]`: must hold in every reachable state. */
export interface InvariantSpec {
  readonly name: string
  readonly assert: Expression
  /** Statuses in which it is asked; absent means all. */
  readonly when?: readonly string[]
}

/** One `[[liveness]]`: must eventually happen; proved by the model checker, not at run time. */
export interface LivenessSpec {
  readonly name: string
  readonly from: readonly string[]
  readonly reaches?: readonly string[]
  readonly hasActions?: boolean
  /** Every run that is in `from` has been in one of these before. */
  readonly precededBy?: readonly string[]
}

/** One `[[field_invariant]]`: a constraint on field values at creation and field updates. */
export interface FieldInvariantSpec {
  readonly name: string
  readonly assert: Expression
  readonly message?: string
}
