// One step of an upcast on one event: every name in it that the step renames. Called by upcastEvent, in order of version.
import { createdAction, fieldsUpdatedAction } from '../entity/event.ts'
import type { EntityEvent, ResolvedEffect } from '../entity/event.ts'
import { own } from '../json/own.ts'
import type { UpcastSpec } from '../spec/entity-spec.ts'
import { UpcastFailed } from './upcast-error.ts'

type Rename = (name: string) => string

/** The event under the names of the step's next version. @throws UpcastFailed when two names become one */
export function renameEvent(step: UpcastSpec, event: EntityEvent): EntityEvent {
  const renameStatus = byTable(step.renameStatus)
  const renameVariable = byTable(step.renameVariable)
  const renameParam = paramNames(step, event)
  requireDistinct(event, 'params', paramsOf(event), renameParam)
  requireDistinct(event, 'variables', variablesOf(event), renameVariable)
  const { paramRefs, transient } = event
  return {
    ...event,
    action: byTable(step.renameAction)(event.action),
    from: renameStatus(event.from),
    to: renameStatus(event.to),
    params: renameKeys(event.params, renameParam),
    ...(paramRefs === undefined ? {} : { paramRefs: renameKeys(paramRefs, renameParam) }),
    ...(transient === undefined ? {} : { transient: transient.map(renameParam) }),
    effects: event.effects.map((effect) =>
      renameEffect(effect, renameVariable, renameParam, byTable(step.renameAction)),
    ),
  }
}

/**
 * What the event's params are called. Those of a creation or a field update are fields: a variable goes by the names of
 * variables (there is an effect that assigns it), any other field by the names of the params that leave it behind.
 */
function paramNames({ renameParam, renameVariable }: UpcastSpec, event: EntityEvent): Rename {
  if (event.action !== createdAction && event.action !== fieldsUpdatedAction) return byTable(renameParam)
  const variables = new Set(variablesOf(event))
  return (name) =>
    variables.has(name)
      ? (own(renameVariable, name) ?? name)
      : (own(renameParam, name) ?? own(renameVariable, name) ?? name)
}

function renameEffect(
  effect: ResolvedEffect,
  renameVariable: Rename,
  renameParam: Rename,
  renameAction: Rename,
): ResolvedEffect {
  const [name, kind] = effect
  switch (kind) {
    case 'param':
      return [renameVariable(name), kind, renameParam(effect[2])]
    case 'schedule':
      return ['', kind, renameAction(effect[2]), effect[3]]
    case 'cancel':
      return ['', kind, renameAction(effect[2])]
    case 'emit':
    case 'spawn':
      return effect
    default:
      return [renameVariable(name), ...effect.slice(1)] as unknown as ResolvedEffect
  }
}

/** Two names that become one would mix two values into one; which of them to keep is nobody's to guess. */
function requireDistinct(event: EntityEvent, what: string, names: readonly string[], rename: Rename): void {
  const seen = new Map<string, string>()
  for (const name of names) {
    const renamed = rename(name)
    const other = seen.get(renamed)
    if (other !== undefined && other !== name)
      throw new UpcastFailed(event, `its ${what} "${other}" and "${name}" would both become "${renamed}"`)
    seen.set(renamed, name)
  }
}

function paramsOf({ params, paramRefs = {} }: EntityEvent): readonly string[] {
  return [...Object.keys(params), ...Object.keys(paramRefs)]
}

function variablesOf({ effects }: EntityEvent): readonly string[] {
  return effects.flatMap(([name]) => (name === '' ? [] : [name]))
}

function byTable(table: Readonly<Record<string, string>>): Rename {
  return (name) => own(table, name) ?? name
}

function renameKeys<Value>(
  record: Readonly<Record<string, Value>>,
  rename: Rename,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [rename(name), value]))
}
