// `overflow_journal = "ref"`: what the log keeps of an event whose large values must really leave when they expire.
import type { EntityModel } from '../model/entity-model.ts'
import type { EntityState } from './entity-state.ts'
import type { ContentRef, EntityEvent, ResolvedEffect } from './event.ts'

/**
 * The event as it goes to the log, given the state it led to. A value that this event gave to a field which overflowed
 * under the journal policy `ref` is replaced by its content reference; a param only if that holds for every field it
 * went to. Applying the journalled event gives the same state.
 */
export function journalEvent(model: EntityModel, event: EntityEvent, after: EntityState): EntityEvent {
  const contents = contentsToLeave(model, event, after)
  if (contents.size === 0) return event
  const { fieldsByParam, effectByField } = traceFields(event)

  const params = { ...event.params }
  const paramRefs: Record<string, ContentRef> = {}
  for (const [param, fields] of fieldsByParam) {
    const [content, ...others] = fields.map((field) => contents.get(field))
    if (content === undefined || others.includes(undefined)) continue
    paramRefs[param] = content
    delete params[param]
  }
  const effects = event.effects.map((effect, index): ResolvedEffect => {
    const [field] = effect
    const content = effectByField.get(field) === index ? contents.get(field) : undefined
    return content === undefined ? effect : [field, 'ref', content]
  })
  return { ...event, params, effects, ...(Object.keys(paramRefs).length === 0 ? {} : { paramRefs }) }
}

/** Fields whose value this event is to hold by reference. A list is in the state whole, so the event has to hold it. */
function contentsToLeave(
  model: EntityModel,
  { sequence }: EntityEvent,
  { refs, lists }: EntityState,
): ReadonlyMap<string, ContentRef> {
  const contents = new Map<string, ContentRef>()
  for (const [field, ref] of Object.entries(refs)) {
    if (ref.sequence !== sequence || model.policies(field).journal !== 'ref') continue
    if (!Object.hasOwn(lists, field)) contents.set(field, { hash: ref.hash, size: ref.size })
  }
  return contents
}

/** Where in the event each field's last value stands: in a param, or in the effect at an index. */
function traceFields({ params, transient, effects }: EntityEvent) {
  const paramByField = new Map<string, string>()
  const effectByField = new Map<string, number>()
  for (const param of Object.keys(params)) {
    if (transient?.includes(param) !== true) paramByField.set(param, param)
  }
  for (const [index, effect] of effects.entries()) {
    const [field, kind] = effect
    paramByField.delete(field)
    effectByField.delete(field)
    if (kind === 'param') paramByField.set(field, effect[2])
    else effectByField.set(field, index)
  }
  const fieldsByParam = new Map<string, readonly string[]>()
  for (const [field, param] of paramByField) {
    fieldsByParam.set(param, [...(fieldsByParam.get(param) ?? []), field])
  }
  return { fieldsByParam, effectByField }
}
