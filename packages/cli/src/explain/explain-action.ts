// One action of a spec in plain sentences: when it applies, what it takes, what it does, what must hold afterwards.
import { printExpression } from '@perdure/core'
import type { ActionSpec, EntitySpec } from '@perdure/core'
import type { Painter } from '../terminal/paint.ts'
import { joinWords } from '../terminal/words.ts'
import { describeAskers } from './describe-askers.ts'
import { describeChanges } from './describe-changes.ts'
import { describeExpression } from './describe-expression.ts'
import { describeParams } from './describe-params.ts'
import { describeSequel } from './describe-sequel.ts'
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
  const askers = describeAskers(spec, first.name)
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
  const sequel = describeSequel(spec, rules)
  return [
    title,
    ...hints,
    '',
    ...parts,
    ...invariantLines(spec, rules, paint),
    ...(askers.length === 0 ? [] : ['', 'Who asks it besides:', ...bullets(askers, paint)]),
    ...(sequel.length === 0 ? [] : ['', 'What may follow:', ...bullets(sequel, paint)]),
  ].join('\n')
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
    ...describeParams(spec, rule, paint),
    ...changeLines(spec, rule, paint),
    ...describeNeeds(spec, rule),
  ]
}

function whereLine(spec: EntitySpec, { kind, from, to }: ActionSpec): string {
  const where = from.length === 0 ? 'in every status that is not terminal' : `in ${joinWords(from, 'or')}`
  if (kind === 'output') return `It says what the entity tells others ${where}; asking it is refused.`
  if (to === undefined) return `It may be asked ${where}, and the status stays.`
  if (to === 'Deleted') return `It may be asked ${where}, and deletes the entity: nothing follows.`
  const end = spec.terminal.includes(to) ? ', which is terminal: nothing follows' : ''
  return `It may be asked ${where}, and leads to ${to}${end}.`
}

function changeLines(spec: EntitySpec, rule: ActionSpec, paint: Painter): readonly string[] {
  const changes = rule.kind === 'output' ? [] : describeChanges(spec, rule)
  return changes.length === 0 ? [] : ['When it applies:', ...bullets(changes, paint)]
}

function bullets(lines: readonly string[], paint: Painter): readonly string[] {
  return lines.map((line) => `  ${paint.dim('-')} ${line}`)
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
