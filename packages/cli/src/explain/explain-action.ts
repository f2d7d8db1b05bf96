// One action of a spec in plain sentences: when it applies, what it takes, what it does, what must hold afterwards.
import { printExpression } from '@perdure/core'
import type { ActionSpec, EntitySpec, ParamSpec } from '@perdure/core'
import type { Painter } from '../terminal/paint.ts'
import { joinWords } from '../terminal/words.ts'
import { describeEffect } from './describe-effect.ts'
import { describeExpression } from './describe-expression.ts'
import { describeNeeds } from './needs.ts'

/** Explains an action by all rules of its name. Several rules are numbered: the first whose guard holds applies. */
export function explainAction(spec: EntitySpec, rules: readonly ActionSpec[], paint: Painter): string {
  const [first] = rules
  if (first === undefined) return ''
  const kind = {
    input: 'asked from outside',
    internal: 'internal',
    output: 'a notification, never asked for',
  }[first.kind]
  const title = `${paint.bold(first.name)}, an action of ${spec.name} (${kind})`
  const hints = [...new Set(rules.flatMap(({ hint }) => hint ?? []))]
  const parts =
    rules.length === 1
      ? explainRule(spec, first, paint)
      : [
          `It has ${rules.length} rules. Among those that fit the status, the first whose guard holds applies.`,
          ...rules.flatMap((rule, index) => [
            '',
            paint.bold(`Rule ${index + 1}`),
            ...explainRule(spec, rule, paint),
          ]),
        ]
  return [title, ...hints, '', ...parts, ...invariantLines(spec, rules, paint)].join('\n')
}

function explainRule(spec: EntitySpec, rule: ActionSpec, paint: Painter): readonly string[] {
  return [
    whereLine(spec, rule),
    ...(rule.guard === undefined
      ? []
      : [
          `It applies if ${describeExpression(rule.guard)}.`,
          paint.dim(`  guard: ${printExpression(rule.guard)}`),
        ]),
    ...paramLines(rule, paint),
    ...effectLines(spec, rule, paint),
    ...describeNeeds(spec, rule),
  ]
}

function whereLine(spec: EntitySpec, { from, to }: ActionSpec): string {
  const where = from.length === 0 ? 'in every status that is not terminal' : `in ${joinWords(from, 'or')}`
  if (to === undefined) return `It may be asked ${where}, and the status stays.`
  const end = spec.terminal.includes(to) ? ', which is terminal: nothing follows' : ''
  return `It may be asked ${where}, and leads to ${to}${end}.`
}

function paramLines({ params }: ActionSpec, paint: Painter): readonly string[] {
  if (params.length === 0) return ['It takes no params.']
  const width = Math.max(...params.map(({ name }) => name.length))
  const lines = params.map((param) => `  ${paint.cyan(param.name.padEnd(width))}  ${describeParam(param)}`)
  return ['It takes:', ...lines]
}

function describeParam({ type, required, transient, entityType }: ParamSpec): string {
  return [
    entityType === undefined ? type : `${type} to a ${entityType}`,
    required ? 'required' : 'may be left out',
    ...(transient ? ['not kept in a field'] : []),
  ].join(', ')
}

/** What changes besides the status: effects in order, then params that become fields or variables. */
function effectLines(spec: EntitySpec, rule: ActionSpec, paint: Painter): readonly string[] {
  const effects = rule.effects.map((effect) => describeEffect(effect, spec.variables))
  const written = new Set(rule.effects.flatMap((effect) => ('variable' in effect ? [effect.variable] : [])))
  const kept = rule.params.filter((param) => isKept(spec, param, written)).map(({ name }) => name)
  const lines = [
    ...effects,
    ...(kept.length === 0
      ? []
      : [
          `${joinWords(kept)} ${kept.length === 1 ? 'is' : 'are'} kept in the field${kept.length === 1 ? '' : 's'} of that name.`,
        ]),
  ]
  return lines.length === 0 ? [] : ['When it applies:', ...lines.map((line) => `  ${paint.dim('-')} ${line}`)]
}

/** A param becomes a field unless it is transient or the variable of its name is written otherwise. */
function isKept(
  { variables }: EntitySpec,
  { name, transient }: ParamSpec,
  written: ReadonlySet<string>,
): boolean {
  if (transient || written.has(name)) return false
  const type = variables.find((variable) => variable.name === name)?.type
  return type === undefined || !['counter', 'bool', 'list', 'set'].includes(type)
}

/** The invariants that are asked in a status which the rules lead to. */
function invariantLines(spec: EntitySpec, rules: readonly ActionSpec[], paint: Painter): readonly string[] {
  const targets = new Set(rules.flatMap(({ from, to }) => (to === undefined ? from : [to])))
  const isAnywhere = rules.some(({ from, to }) => to === undefined && from.length === 0)
  const asked = spec.invariants.filter(
    ({ when }) => isAnywhere || when === undefined || when.some((status) => targets.has(status)),
  )
  if (asked.length === 0) return []
  const verdict = spec.enforceInvariants
    ? 'otherwise it is refused and nothing changes'
    : 'checked, not enforced'
  const width = Math.max(...asked.map(({ name }) => name.length))
  const lines = asked.map(({ name, assert, when }) => {
    const scope = when === undefined ? '' : `in ${joinWords(when, 'or')}: `
    return `  ${paint.cyan(name.padEnd(width))}  ${scope}${describeExpression(assert)}`
  })
  return ['', `Afterwards these must hold (${verdict}):`, ...lines]
}
