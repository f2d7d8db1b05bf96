// What an event says a field becomes: a value, or content that the journal holds by reference only.
import type { FieldChange } from '../fields/sync-fields.ts'
import type { JsonValue } from '../json/json-value.ts'
import { own } from '../json/own.ts'
import type { EntityEvent } from './event.ts'

/** The part of an event that its effects look at. */
export type EffectOrigin = Pick<EntityEvent, 'params' | 'paramRefs' | 'sequence' | 'at'>

/** A field takes this value with this event. */
export function change(event: EffectOrigin, value: JsonValue): FieldChange {
  return { value: { kind: 'value', value }, sequence: event.sequence, at: event.at }
}

/** A field takes the value of one of the event's params, wherever the event keeps it; nothing if it was left out. */
export function paramChange(event: EffectOrigin, param: string): FieldChange | undefined {
  const content = event.paramRefs && own(event.paramRefs, param)
  if (content !== undefined)
    return { value: { kind: 'content', content }, sequence: event.sequence, at: event.at }
  const value = own(event.params, param)
  return value === undefined ? undefined : change(event, value)
}
