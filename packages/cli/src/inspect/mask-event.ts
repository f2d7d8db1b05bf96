// Values that a spec calls sensitive are not for screens and logs.
import type { EntityEvent, EntitySpec, JsonObject, JsonValue, ResolvedEffect } from '@perdure/core'

/** What stands for a sensitive value. */
export const mask = '•••'

/**
 * Names under which a spec's sensitive values travel: the variables, and params that an effect puts into one; and what these
 * were called in older events.
 */
export function sensitiveNames({ variables, actions, upcasts }: EntitySpec): ReadonlySet<string> {
  const names = new Set(variables.flatMap(({ name, sensitive }) => (sensitive ? name : [])))
  for (const effect of actions.flatMap(({ effects }) => effects)) {
    if (!('variable' in effect) || !names.has(effect.variable)) continue
    const argument = 'value' in effect ? effect.value : 'item' in effect ? effect.item : undefined
    if (argument?.kind === 'param') names.add(argument.name)
  }
  for (const { renameVariable, renameParam } of upcasts.toReversed()) {
    for (const [old, name] of [...Object.entries(renameVariable), ...Object.entries(renameParam)])
      if (names.has(name)) names.add(old)
  }
  return names
}

/** An event whose sensitive values are masked. */
export function maskEvent(event: EntityEvent, names: ReadonlySet<string>): EntityEvent {
  if (names.size === 0) return event
  return {
    ...event,
    params: maskFields(event.params, names),
    effects: event.effects.map((effect) => (names.has(effect[0]) ? maskEffect(effect) : effect)),
  }
}

/** Fields whose sensitive values are masked. */
function maskFields(fields: JsonObject, names: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]): [string, JsonValue] => [
      name,
      names.has(name) ? mask : value,
    ]),
  )
}

/** For display only: what stands in the place of a value need not have its type. */
function maskEffect(effect: ResolvedEffect): ResolvedEffect {
  const [variable, kind, ...values] = effect
  const isReference = kind === 'param' || kind === 'ref' || kind === 'clear'
  if (isReference) return effect
  return [variable, kind, ...values.map(() => mask)] as unknown as ResolvedEffect
}
