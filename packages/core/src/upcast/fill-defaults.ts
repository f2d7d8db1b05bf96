// Params that an action takes today and older events of it lack: such an event reads as if they had been given.
import { assignFromParam } from '../entity/decide-fields.ts'
import { isAssignable } from '../spec/state-variable.ts'
import type { EntityEvent, ResolvedEffect } from '../entity/event.ts'
import type { JsonValue } from '../json/json-value.ts'
import type { EntityModel } from '../model/entity-model.ts'
import type { UpcastStep } from './upcast-model.ts'

/** The event with the defaults of the steps, under today's names. A param of a variable's name assigns it, as it does live. */
export function fillDefaults(
  model: EntityModel,
  steps: readonly UpcastStep[],
  event: EntityEvent,
): EntityEvent {
  const declared = model.actions.get(event.action)?.params
  if (declared === undefined) return event
  const missing = new Map<string, JsonValue>()
  for (const { defaults } of steps) {
    for (const [param, value] of defaults)
      if (declared.has(param) && !holds(event, param) && !missing.has(param)) missing.set(param, value)
  }
  if (missing.size === 0) return event
  const transient = [...missing.keys()].filter((param) =>
    declared.get(param)?.every((declaration) => declaration.transient),
  )
  return {
    ...event,
    params: { ...event.params, ...Object.fromEntries(missing) },
    ...(transient.length === 0 ? {} : { transient: [...(event.transient ?? []), ...transient] }),
    effects: [...event.effects, ...assignments(model, event, missing)],
  }
}

function holds({ params, paramRefs = {} }: EntityEvent, param: string): boolean {
  return Object.hasOwn(params, param) || Object.hasOwn(paramRefs, param)
}

/** An effect that the event has already wins, as an effect of the rule does. */
function assignments(
  { variables }: EntityModel,
  { effects }: EntityEvent,
  missing: ReadonlyMap<string, JsonValue>,
): readonly ResolvedEffect[] {
  const written = new Set(effects.map(([name]) => name))
  return [...missing].flatMap(([param, value]) => {
    const variable = variables.get(param)
    const assigns = variable !== undefined && isAssignable(variable) && !written.has(param)
    return assigns ? [assignFromParam(variable, value)] : []
  })
}
