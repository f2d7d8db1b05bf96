// `overflow_journal = "ref"`: what the log keeps of an event whose large values must really leave when they expire.
import type { EntityModel } from '../model/entity-model.ts'
import { own } from '../json/own.ts'
import type { EntityState } from './entity-state.ts'
import type { ContentRef, EntityEvent, ResolvedEffect } from './event.ts'

/**
 * The event as it goes to the log, given the state it led to. A param whose every field overflowed under the journal
 * policy `ref` is replaced by its content reference, and so is an assigned value; otherwise the event stays as it is.
 * Applying the journalled event gives the same state.
 */
export function journalEvent(model: EntityModel, event: EntityEvent, after: EntityState): EntityEvent {
  if (Object.keys(after.refs).length === 0) return event
  const journalled = (field: string): ContentRef | undefined => {
    const ref = own(after.refs, field)
    const isOfThisEvent = ref?.sequence === event.sequence && model.policies(field).journal === 'ref'
    return isOfThisEvent ? { hash: ref.hash, size: ref.size } : undefined
  }
  const params = { ...event.params }
  const paramRefs: Record<string, ContentRef> = {}
  for (const param of Object.keys(params)) {
    const contents = fieldsOf(event, param).map(journalled)
    const [content] = contents
    if (content === undefined || contents.includes(undefined)) continue
    paramRefs[param] = content
    delete params[param]
  }
  const effects = event.effects.map((effect): ResolvedEffect => {
    const content = effect[1] === '=' || effect[1] === 'field' ? journalled(effect[0]) : undefined
    return content === undefined ? effect : [effect[0], 'ref', content]
  })
  const changed =
    Object.keys(paramRefs).length > 0 || effects.some((effect, index) => effect !== event.effects[index])
  if (!changed) return event
  return { ...event, params, effects, ...(Object.keys(paramRefs).length === 0 ? {} : { paramRefs }) }
}

/** The fields that take their value from this param: the one of its name, and those an effect assigns it to. */
function fieldsOf(event: EntityEvent, param: string): readonly string[] {
  const assigned = event.effects.flatMap((effect) =>
    effect[1] === 'param' && effect[2] === param ? [effect[0]] : [],
  )
  const isProjected = event.transient?.includes(param) !== true
  return isProjected && !assigned.includes(param) ? [...assigned, param] : assigned
}
