// Applies one event to a draft: the whole of what an event means. Needs no spec for status, variables and membership in
// fields; evaluates nothing and makes nothing up. Used live and in replay alike.
import { deletedStatus } from '../spec/reserved-names.ts'
import type { Draft } from './draft.ts'
import { applyEffect } from './apply-effect.ts'
import { typedKindIn } from './declare.ts'
import { setFromParam } from './set-from-param.ts'
import { deletedAction } from './event.ts'
import type { EntityEvent } from './event.ts'

/** Applies the event; later changes of a field win over earlier ones. Order: status, params, variables. */
export function applyEvent(draft: Draft, event: EntityEvent): void {
  const { sequence, at } = event
  if (event.to !== draft.status || draft.version === 0) draft.fields.set('status', event.to, sequence, at)
  draft.status = event.to
  draft.version = sequence
  projectParams(draft, event)
  for (const effect of event.effects) applyEffect(draft, event, effect)
  if (event.action === deletedAction || event.to === deletedStatus) draft.deletedAt = at
}

function projectParams(draft: Draft, event: EntityEvent): void {
  // Both are plain objects of our own making: `for … in` makes no list of names.
  for (const name in event.params) project(draft, event, name)
  for (const name in event.paramRefs) project(draft, event, name)
}

function project(draft: Draft, event: EntityEvent, name: string): void {
  if (event.transient?.includes(name) === true || typedKindIn(draft, name) !== undefined) return
  setFromParam(draft, event, name, name)
}
