import type { JsonValue } from '../json/json-value.ts'

/** The types a state variable or a param may have. */
export type ValueType = 'string' | 'int' | 'number' | 'bool' | 'counter' | 'list' | 'set' | 'json' | 'ref'

/** How large a field may be inline, and how long its overflow lives. */
export interface OverflowPolicy {
  /** Inclusive ceiling, in UTF-8 bytes of canonical JSON. Absent: the host's default. */
  readonly inlineMaxBytes?: number
  /** Life of the blob in seconds from the event that set the value. Absent: permanent. */
  readonly ttlSeconds?: number
  /** `value`: the event keeps the whole value. `ref`: the event keeps the reference too, so expiry removes content. */
  readonly journal: 'value' | 'ref'
}

/** One `[[state]]` section: a state variable and the policy of its field. */
export interface StateVariable {
  readonly name: string
  readonly type: ValueType
  readonly initial: JsonValue
  /** Target entity type of a `ref`. */
  readonly entityType?: string
  readonly overflow: OverflowPolicy
  readonly queryIndexed: boolean
  /** Masked in logs, errors and inspection. */
  readonly sensitive: boolean
}

/** Whether a param of an action assigns the variable of its name; of the other types it is an amount or an item. */
export function isAssignable({ type }: StateVariable): boolean {
  return type !== 'counter' && type !== 'bool' && type !== 'list' && type !== 'set'
}

/** The zero of a type: what a variable holds when its spec gives no `initial`. */
export function zeroOf(type: ValueType): JsonValue {
  switch (type) {
    case 'string':
      return ''
    case 'int':
    case 'number':
    case 'counter':
      return 0
    case 'bool':
      return false
    case 'list':
    case 'set':
      return []
    case 'json':
    case 'ref':
      return null
  }
}
