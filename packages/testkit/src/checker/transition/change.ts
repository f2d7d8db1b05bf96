// What one statement may do to one slot; made by the statements' own files, carried out by apply-rule.
import type { JsonValue, Literal } from '@perdure/core'
import { exactly } from '../abstraction/abstract-value.ts'
import type { AbstractValue } from '../abstraction/abstract-value.ts'
import { closed } from '../abstraction/interval.ts'

/** What one statement may do to one slot. */
export interface Change {
  /** Possible new values; empty when it surely fails. */
  readonly values: readonly AbstractValue[]
  readonly canFail: boolean
  /** Several cells may follow, but repeating the statement must in the end lead to another than now. */
  readonly isProgress: boolean
}

/** The statement surely fails. */
export const fails: Change = { values: [], canFail: true, isProgress: false }

/** The zero of a type as an abstract value. */
export function zeroAbstract(zero: JsonValue): AbstractValue {
  if (Array.isArray(zero)) return { kind: 'list', length: closed(0, 0), members: new Map() }
  return exactly(zero as Literal)
}
