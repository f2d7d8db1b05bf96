import { noCeilings } from '../fields/field-policy.ts'
import type { JsonValue } from '../json/json-value.ts'
import { own } from '../json/own.ts'
import type { EntityModel } from '../model/entity-model.ts'
import { upcastEvent } from '../upcast/upcast-event.ts'
import { applyEvent } from './apply-event.ts'
import { Draft } from './draft.ts'
import type { EntityState } from './entity-state.ts'
import type { EntityEvent } from './event.ts'
import { unborn } from './unborn.ts'

/**
 * The value that this event, read today, gave a field, for putting back content that went missing; undefined when the journal holds
 * a reference only. A list is taken from the state, for an event knows only what was added to it.
 */
export function fieldValueOfEvent(
  model: EntityModel,
  event: EntityEvent,
  field: string,
  state: EntityState,
): JsonValue | undefined {
  const list = own(state.lists, field)
  if (list !== undefined) return list
  const draft = new Draft(unborn, noCeilings)
  applyEvent(draft, upcastEvent(model, event))
  const value = draft.fields.read(field)
  return value?.kind === 'value' ? value.value : undefined
}
