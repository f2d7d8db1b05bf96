// Small changes to a spec, each a mistake somebody could make: a guard dropped or negated, a status of `from` dropped or
// exchanged for all others, an effect dropped or turned round.
import type { ActionSpec, Effect, EntitySpec } from '@perdure/core'
import { printArgument } from '@perdure/core'
import { nameRule } from '../properties/check-structure.ts'

/** A changed spec. */
export interface MutantSpec {
  /** `Finish: guard dropped`. */
  readonly description: string
  readonly spec: EntitySpec
  /** The variable whose effect was changed, if that is what was changed. */
  readonly variable?: string
}

/** Every mutant of a spec, in file order. */
export function makeMutants(spec: EntitySpec): readonly MutantSpec[] {
  return spec.actions.flatMap((rule, index) =>
    rule.kind === 'output'
      ? []
      : mutationsOf(spec, rule).map(({ what, changed, variable }) => ({
          description: `${nameRule(spec, rule)}: ${what}`,
          spec: withRule(spec, index, changed),
          ...(variable === undefined ? {} : { variable }),
        })),
  )
}

interface Mutation {
  readonly what: string
  /** Undefined: the rule is gone. */
  readonly changed: ActionSpec | undefined
  readonly variable?: string
}

function mutationsOf(spec: EntitySpec, rule: ActionSpec): readonly Mutation[] {
  return [...guardMutations(rule), ...fromMutations(spec, rule), ...effectMutations(rule)]
}

function guardMutations(rule: ActionSpec): readonly Mutation[] {
  const { guard, ...unguarded } = rule
  if (guard === undefined) return []
  return [
    { what: 'guard dropped', changed: unguarded },
    { what: 'guard negated', changed: { ...rule, guard: { kind: 'not', operand: guard } } },
  ]
}

function fromMutations({ states, terminal }: EntitySpec, rule: ActionSpec): readonly Mutation[] {
  const { from } = rule
  if (from.length === 0) return []
  const dropped = from.map((status): Mutation => {
    const rest = from.filter((other) => other !== status)
    return { what: `from ${status} dropped`, changed: rest.length > 0 ? { ...rule, from: rest } : undefined }
  })
  const others = states.filter((state) => !from.includes(state) && !terminal.includes(state))
  return others.length === 0
    ? dropped
    : [...dropped, { what: `from every other status`, changed: { ...rule, from: others } }]
}

function effectMutations(rule: ActionSpec): readonly Mutation[] {
  return rule.effects.flatMap((effect, index) => {
    if (!('variable' in effect)) return []
    const { variable } = effect
    const rest = rule.effects.filter((_, other) => other !== index)
    const what = describeEffect(effect)
    const turned = turnRound(effect)
    const dropped = { what: `${what} dropped`, changed: { ...rule, effects: rest }, variable }
    if (turned === undefined) return [dropped]
    const effects = rule.effects.with(index, turned)
    return [
      dropped,
      { what: `${what} made ${describeEffect(turned)}`, changed: { ...rule, effects }, variable },
    ]
  })
}

function turnRound(effect: Effect): Effect | undefined {
  switch (effect.kind) {
    case 'add':
      return { ...effect, kind: 'subtract' }
    case 'subtract':
      return { ...effect, kind: 'add' }
    case 'append':
      return { ...effect, kind: 'remove' }
    case 'remove':
      return { ...effect, kind: 'append' }
    case 'assign': {
      const { value } = effect
      const isBoolean = value.kind === 'literal' && typeof value.value === 'boolean'
      return isBoolean ? { ...effect, value: { kind: 'literal', value: !value.value } } : undefined
    }
    default:
      return undefined
  }
}

function describeEffect(effect: Effect): string {
  switch (effect.kind) {
    case 'assign':
      return `${effect.variable} = ${printArgument(effect.value)}`
    case 'add':
      return `${effect.variable} += ${printArgument(effect.amount)}`
    case 'subtract':
      return `${effect.variable} -= ${printArgument(effect.amount)}`
    case 'append':
    case 'remove':
      return `${effect.kind}(${effect.variable}, ${printArgument(effect.item)})`
    case 'removeAt':
      return `remove_at(${effect.variable}, ${printArgument(effect.index)})`
    case 'clear':
      return `clear(${effect.variable})`
    default:
      return effect.kind
  }
}

function withRule(spec: EntitySpec, index: number, changed: ActionSpec | undefined): EntitySpec {
  const actions = changed === undefined ? spec.actions.toSpliced(index, 1) : spec.actions.with(index, changed)
  return { ...spec, actions }
}
