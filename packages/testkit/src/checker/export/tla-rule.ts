// One rule as a TLA+ action: status, guard, params as quantifiers, effects as primed variables.
import { deletedStatus, zeroOf } from '@perdure/core'
import type { ActionSpec, Effect, EffectArgument, JsonValue, Literal, ValueType } from '@perdure/core'
import { assignsVariable } from '../abstraction/param-roles.ts'
import { tlaLiteral, tlaPath, tlaTest } from './tla-expression.ts'
import type { TlaScope } from './tla-expression.ts'

/** What rules are written from. */
export interface TlaRules extends TlaScope {
  /** Names of the variables and fields that are kept. */
  readonly kept: readonly string[]
}

/** The conjuncts of a rule. `others`: the guards of the rules before it that would apply instead. */
export function tlaRule(rules: TlaRules, rule: ActionSpec, before: readonly ActionSpec[]): string {
  const quantifiers = new Map<string, string>()
  const scope: TlaScope = { ...rules, choose: (name, set) => void quantifiers.set(name, set) }
  for (const { name, type } of rule.params) quantifiers.set(`p_${name}`, domainOf(type))
  const instead = before.map((earlier) => {
    const guard = earlier.guard === undefined ? 'TRUE' : tlaTest(earlier.guard, scope)
    return `~(${statusTest(rules, earlier)} /\\ ${guard})`
  })
  const guard = rule.guard === undefined ? [] : [tlaTest(rule.guard, scope)]
  const conjuncts = [statusTest(rules, rule), ...instead, ...guard, ...changes(rules, rule)]
  const body = conjuncts.map((conjunct) => `    /\\ ${conjunct}`).join('\n')
  const bound = [...quantifiers].map(([name, set]) => `\\E ${name} \\in ${set} :`).join(' ')
  return bound === '' ? body : `  ${bound}\n${body}`
}

function statusTest({ spec }: TlaRules, { from }: ActionSpec): string {
  const live = spec.states.filter((state) => !spec.terminal.includes(state) && state !== deletedStatus)
  const statuses = from.length === 0 ? live : from
  return `status \\in {${statuses.map((status) => JSON.stringify(status)).join(', ')}}`
}

/** The values to try for a param or to expect of a variable. */
function domainOf(type: ValueType): string {
  switch (type) {
    case 'bool':
      return 'BOOLEAN'
    case 'counter':
      return '0..Bound'
    case 'int':
    case 'number':
      return '(-Bound)..Bound'
    case 'list':
      return '{<<t>> : t \\in Texts} \\cup {<<>>}'
    case 'set':
      return '{{t} : t \\in Texts} \\cup {{}}'
    case 'string':
    case 'ref':
    case 'json':
      return '(Texts \\cup {Null})'
  }
}

/** Statements see what the ones before them did, so their texts are put into each other. */
function changes(rules: TlaRules, rule: ActionSpec): readonly string[] {
  const texts = new Map<string, string>()
  const conditions: string[] = []
  const read = (argument: EffectArgument): string => {
    if (argument.kind === 'literal') return tlaLiteral(argument.value)
    return (argument.kind === 'variable' ? texts.get(argument.name) : undefined) ?? tlaPath(argument)
  }
  for (const effect of rule.effects) {
    if (!('variable' in effect) || !rules.kept.includes(effect.variable)) continue
    const before = texts.get(effect.variable) ?? `v_${effect.variable}`
    const type = variableType(rules, effect.variable)
    if (effect.kind === 'removeAt')
      conditions.push(`${read(effect.index)} >= 0 /\\ ${read(effect.index)} < Len(${before})`)
    texts.set(effect.variable, changed(effect, type, before, read))
  }
  for (const { name, transient } of rule.params) {
    const variable = rules.spec.variables.find((candidate) => candidate.name === name)
    const isTaken = variable === undefined || assignsVariable(variable)
    if (!rules.kept.includes(name) || transient || !isTaken || texts.has(name)) continue
    const isText = ['string', 'json', 'ref'].includes(variable?.type ?? 'json')
    const zero = variable?.type === 'string' ? '""' : 'Null'
    texts.set(name, isText ? `(IF p_${name} = Null THEN ${zero} ELSE p_${name})` : `p_${name}`)
  }
  const unchanged = rules.kept.filter((name) => !texts.has(name)).map((name) => `v_${name}`)
  return [
    ...conditions,
    rule.to === undefined ? "status' = status" : `status' = ${JSON.stringify(rule.to)}`,
    ...[...texts].map(([name, text]) => `v_${name}' = ${text}`),
    ...(unchanged.length === 0 ? [] : [`UNCHANGED <<${unchanged.join(', ')}>>`]),
  ]
}

function variableType({ spec }: TlaRules, name: string): ValueType {
  return spec.variables.find((variable) => variable.name === name)?.type ?? 'json'
}

function changed(
  effect: Extract<Effect, { readonly variable: string }>,
  type: ValueType,
  before: string,
  read: (argument: EffectArgument) => string,
): string {
  switch (effect.kind) {
    case 'assign': {
      const isNull = effect.value.kind === 'literal' && effect.value.value === null
      return isNull ? tlaInitial(zeroOf(type), type) : read(effect.value)
    }
    case 'add':
      return `(${before} + ${read(effect.amount)})`
    case 'subtract': {
      const difference = `(${before} - ${read(effect.amount)})`
      return type === 'counter' ? `NotBelowZero${difference}` : difference
    }
    case 'append':
      return type === 'set'
        ? `(${before} \\cup {${read(effect.item)}})`
        : `Append(${before}, ${read(effect.item)})`
    case 'remove':
      return type === 'set'
        ? `(${before} \\ {${read(effect.item)}})`
        : `RemoveFirst(${before}, ${read(effect.item)})`
    case 'removeAt':
      return `RemoveAt(${before}, ${read(effect.index)})`
    case 'clear':
      return tlaInitial(zeroOf(type), type)
  }
}

/** An initial value. */
export function tlaInitial(value: JsonValue, type: ValueType): string {
  if (!Array.isArray(value))
    return typeof value === 'object' && value !== null ? '"json"' : tlaLiteral(value as Literal)
  const items = (value as readonly Literal[]).map(tlaLiteral).join(', ')
  return type === 'set' ? `{${items}}` : `<<${items}>>`
}
