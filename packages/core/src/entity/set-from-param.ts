import { own } from '../json/own.ts'
import type { Draft } from './draft.ts'
import type { EntityEvent } from './event.ts'

/** The part of an event that its effects look at. */
export type EffectOrigin = Pick<EntityEvent, 'params' | 'paramRefs' | 'sequence' | 'at'>

/** A field takes the value of one of the event's params, wherever the event keeps it; nothing if it was left out. */
export function setFromParam(draft: Draft, event: EffectOrigin, field: string, param: string): void {
  const { params, paramRefs, sequence, at } = event
  const content = paramRefs && own(paramRefs, param)
  if (content !== undefined) {
    draft.fields.setContent(field, content, sequence, at)
    return
  }
  const value = own(params, param)
  if (value !== undefined) draft.fields.set(field, value, sequence, at)
}
