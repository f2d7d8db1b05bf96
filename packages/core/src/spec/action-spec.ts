import type { Effect } from './effect.ts'
import type { Expression } from './expression.ts'
import type { ValueType } from './state-variable.ts'

/** One declared param of an action. */
export interface ParamSpec {
  readonly name: string
  readonly type: ValueType
  /** Must be given, and not null. */
  readonly required: boolean
  /** Kept in the event but not projected into fields. */
  readonly transient: boolean
  /**
   * Of an `int`, `number` or `counter`: it is never negative, and a string that is a plain decimal number is read as
   * that number when the command is decided.
   */
  readonly amount?: true
  /** Target entity type of a `ref`. */
  readonly entityType?: string
}

/** Who starts the action; documentation and the checker's fairness, not access control. */
export type ActionKind = 'input' | 'internal' | 'output'

/** One `[[action]]` section: a rule. Several rules may share a name; the first whose guard holds applies. */
export interface ActionSpec {
  readonly name: string
  readonly kind: ActionKind
  /** Statuses the rule leaves; empty means any that is not terminal. */
  readonly from: readonly string[]
  /** The status it enters; absent means it stays. */
  readonly to?: string
  readonly guard?: Expression
  readonly effects: readonly Effect[]
  readonly params: readonly ParamSpec[]
  readonly hint?: string
}
