// Applies one event to a draft: the whole of what an event means. Needs no spec for status, variables and membership in
// fields; evaluates nothing and makes nothing up. Used live and in replay alike.
import { deletedStatus } from '../spec/reserved-names.ts'
import type { Draft } from './draft.ts'
import { applyEffect } from './apply-effect.ts'
import { typedKindIn } from './declare.ts'
import { change, paramChange } from './event-change.ts'
import { deletedAction } from './event.ts'
import type { EntityEvent } from './event.ts'

/** Applies the event; later changes of a field win over earlier ones. Order: status, params, variables. */
export function applyEvent(draft: Draft, event: EntityEvent): void {
  const { sequence, at } = event
  if (event.to !== draft.status || draft.version === 0) draft.changes.set('status', change(event, event.to))
  draft.status = event.to
  draft.version = sequence
  projectParams(draft, event)
  for (const effect of event.effects) applyEffect(draft, event, effect)
  if (event.action === deletedAction || event.to === deletedStatus) draft.deletedAt = at
}

function projectParams(draft: Draft, event: EntityEvent): void {
  for (const name of Object.keys(event.params)) project(draft, event, name)
  if (event.paramRefs !== undefined)
    for (const name of Object.keys(event.paramRefs)) project(draft, event, name)
}

function project(draft: Draft, event: EntityEvent, name: string): void {
  if (event.transient?.includes(name) === true || typedKindIn(draft, name) !== undefined) return
  const projected = paramChange(event, name)
  if (projected !== undefined) draft.changes.set(name, projected)
}
