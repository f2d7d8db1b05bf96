// A run of the real entity, as data: what a report shows and what a test can repeat.
import type { JsonObject, JsonValue, RejectionCode } from '@perdure/core'

/** One command and what came of it. */
export interface TraceStep {
  readonly action: string
  readonly params: JsonObject
  /** Statuses of other entities that the decision rested on, by `Type/id`; null where there was no such entity. */
  readonly related?: Readonly<Record<string, string | null>>
  readonly from: string
  readonly to: string
  /** What the variables that matter hold afterwards. */
  readonly variables: Readonly<Record<string, JsonValue>>
  /** Why the entity refuses the command at run time, where `to` is what it would lead to; absent when it accepts it. */
  readonly refusal?: { readonly code: RejectionCode; readonly message: string }
}

/** A run from creation on. */
export interface Trace {
  /** Fields given at creation. */
  readonly fields: JsonObject
  /** Status after creation. */
  readonly initial: string
  /** What the variables that matter hold after creation. */
  readonly variables: Readonly<Record<string, JsonValue>>
  readonly steps: readonly TraceStep[]
  /** The run goes on for ever by repeating its steps from this one on. */
  readonly loopsFrom?: number
}
