// What changes besides the status: effects in order, then params that become fields or variables, then what that means for
// values that are large, short-lived or unique.
import { zeroOf } from '@perdure/core'
import type { ActionSpec, EntitySpec, ParamSpec, StateVariable } from '@perdure/core'
import { joinWords } from '../terminal/words.ts'
import { describeEffect } from './describe-effect.ts'

/** Sentences about what a rule changes. */
export function describeChanges(spec: EntitySpec, rule: ActionSpec): readonly string[] {
  const written = new Set(rule.effects.flatMap(writtenBy))
  const kept = rule.params.filter((param) => fateOf(spec, param, written) === 'field')
  const assigned = rule.params.filter((param) => fateOf(spec, param, written) === 'variable')
  const changed = new Set([...written, ...kept.map(({ name }) => name), ...assigned.map(({ name }) => name)])
  return [
    ...rule.effects.map((effect) => describeEffect(effect, spec.variables)),
    ...describeKept(kept),
    ...assigned.map((param) => describeAssigned(spec, param)),
    ...rule.params.flatMap((param) => describeUnused(spec, param, written)),
    ...spec.variables.filter(({ name }) => changed.has(name)).flatMap(describePolicy),
    ...spec.keys
      .filter(({ properties }) => properties.some((name) => changed.has(name)))
      .map(
        ({ name, properties }) =>
          `No two may have the same ${joinWords(properties)}: the key '${name}' is unique.`,
      ),
  ]
}

function writtenBy(effect: ActionSpec['effects'][number]): readonly string[] {
  if ('variable' in effect) return [effect.variable]
  return effect.kind === 'spawn' && effect.storeField !== undefined ? [effect.storeField] : []
}

/** Where a param goes: into the variable or the field of its name, or nowhere because something else writes that. */
type Fate = 'variable' | 'field' | 'transient' | 'shadowed' | 'not assignable'

function fateOf({ variables }: EntitySpec, param: ParamSpec, written: ReadonlySet<string>): Fate {
  if (param.transient) return 'transient'
  if (written.has(param.name)) return 'shadowed'
  const type = typeOf(variables, param.name)
  if (type === undefined) return 'field'
  return ['counter', 'bool', 'list', 'set'].includes(type) ? 'not assignable' : 'variable'
}

function typeOf(variables: readonly StateVariable[], wanted: string): StateVariable['type'] | undefined {
  return variables.find(({ name }) => name === wanted)?.type
}

function describeKept(kept: readonly ParamSpec[]): readonly string[] {
  if (kept.length === 0) return []
  const [verb, noun] = kept.length === 1 ? ['is', 'field'] : ['are', 'fields']
  return [`${joinWords(kept.map(({ name }) => name))} ${verb} kept in the ${noun} of that name.`]
}

function describeAssigned({ variables }: EntitySpec, { name, required }: ParamSpec): string {
  if (required) return `${name} becomes the value that is given.`
  const zero = zeroOf(typeOf(variables, name) ?? 'string')
  const reset = zero === null ? '' : `, ${JSON.stringify(zero)} where null is given`
  return `${name} becomes the value that is given${reset}; left out, it stays.`
}

function describeUnused(spec: EntitySpec, param: ParamSpec, written: ReadonlySet<string>): readonly string[] {
  const { name } = param
  switch (fateOf(spec, param, written)) {
    case 'shadowed':
      return [`The param ${name} is not assigned: an effect writes ${name}.`]
    case 'not assignable':
      return [
        `The param ${name} is not assigned: ${name} is a ${typeOf(spec.variables, name)}, which only effects change.`,
      ]
    default:
      return []
  }
}

/** What the field's policy means for a new value. */
function describePolicy({ name, overflow }: StateVariable): readonly string[] {
  const { inlineMaxBytes, ttlSeconds, journal } = overflow
  if (inlineMaxBytes === undefined && ttlSeconds === undefined && journal === 'value') return []
  const ceiling = inlineMaxBytes === undefined ? "the host's ceiling" : `${inlineMaxBytes} bytes`
  const life = ttlSeconds === undefined ? '' : `, which may be deleted after ${ttlSeconds} seconds`
  const log =
    journal === 'ref'
      ? ' The event holds only the reference too.'
      : ttlSeconds === undefined
        ? ''
        : ' The event keeps the value.'
  return [`Above ${ceiling}, the value of ${name} is stored as a blob${life}.${log}`]
}
