// The contents that an event names, for storages: an entity is erased together with those it held once. What an event does not
// tell without its entity's state, such as a list that it made longer, is not among them.
import { canOverflow, encodeContent } from '../fields/overflow.ts'
import type { JsonValue } from '../json/json-value.ts'
import type { EntityEvent, ResolvedEffect } from './event.ts'

/** For authors of storages: hashes of the values that this event gave to fields, and of those that it names by reference. */
export function contentsOfEvent({ params, paramRefs = {}, effects }: EntityEvent): readonly string[] {
  const values = [...Object.values(params), ...effects.flatMap(valuesOf)]
  return [
    ...Object.values(paramRefs).map(({ hash }) => hash),
    ...effects.flatMap((effect) => (effect[1] === 'ref' ? [effect[2].hash] : [])),
    ...values.filter(canOverflow).map((value) => encodeContent(value).hash),
  ]
}

function valuesOf(effect: ResolvedEffect): readonly JsonValue[] {
  switch (effect[1]) {
    case '=':
    case 'field':
    case 'list':
      return [effect[2]]
    default:
      return []
  }
}
