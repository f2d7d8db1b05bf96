import type { ActionSpec, Effect, Expression, StateVariable } from '@perdure/core'

import type { ActionSection } from '../sections/action.ts'
import { evaluatePartially } from './evaluate-partially.ts'
import type { LintContext } from './lint-context.ts'
import { statusesOf } from './transitions.ts'
import { walkExpression } from './walk-expression.ts'

interface RuleLint extends LintContext {
  readonly variables: ReadonlyMap<string, StateVariable>
  /** For each action, the statuses in which a rule seen before applies only if its guard holds. */
  readonly guarded: Map<string, Set<string>>
}

/** Looks at each rule: guards that cannot hold, rules of one name that overlap, params and effects without effect. */
export function lintRules(context: LintContext): void {
  const variables = new Map(context.spec.variables.map((variable) => [variable.name, variable]))
  const lint: RuleLint = { ...context, variables, guarded: new Map() }
  for (const [index, rule] of context.spec.actions.entries()) {
    const section = context.sections.actions[index]
    if (section === undefined) continue
    lintGuard(rule, section, lint)
    lintOverlap(rule, section, lint)
    lintWrites(rule, section, lint)
    lintName(rule, section, lint)
  }
}

function lintGuard(rule: ActionSpec, section: ActionSection, { spec, issues, variables }: RuleLint): void {
  const { guard } = rule
  if (guard === undefined || section.guard === undefined) return
  const isCounter = (name: string) => variables.get(name)?.type === 'counter'
  const mayHold = (status: string | undefined) =>
    evaluatePartially(guard, { status, valueOf: () => undefined, isCounter }) !== false
  if (mayHold(undefined) && (!readsStatus(guard) || statusesOf(rule, spec).some(mayHold))) return
  issues.report('guard_never_true', section.guard.span, `the guard of '${rule.name}' is never true`)
}

function readsStatus(guard: Expression): boolean {
  let reads = false
  walkExpression(guard, ({ kind }) => {
    reads ||= kind === 'status'
  })
  return reads
}

/** Tools that stop at the first rule whose `from` fits would refuse where this rule applies. */
function lintOverlap(rule: ActionSpec, section: ActionSection, { spec, issues, guarded }: RuleLint): void {
  const before = guarded.get(rule.name) ?? new Set()
  guarded.set(rule.name, before)
  const statuses = statusesOf(rule, spec)
  if (section.name !== undefined && statuses.some((status) => before.has(status))) {
    const message = `several rules of '${rule.name}' fit one state; the first whose guard holds applies`
    issues.report('overlapping_rules', section.name.span, message, 'some tools stop at the first that fits')
  }
  if (rule.guard !== undefined) for (const status of statuses) before.add(status)
}

function lintWrites(rule: ActionSpec, section: ActionSection, { variables, issues }: RuleLint): void {
  const written = new Set(rule.effects.flatMap(writtenBy))
  for (const [index, { name }] of rule.params.entries()) {
    const span = section.params[index]?.name?.span
    const variable = variables.get(name)
    const isAssigned = variable !== undefined && !['counter', 'bool', 'list', 'set'].includes(variable.type)
    if (span === undefined || !isAssigned || !written.has(name)) continue
    issues.report('param_shadowed', span, `an effect writes '${name}', so the param does not`)
  }
  const [first] = section.effects
  if (rule.kind === 'output' && first !== undefined) {
    issues.report('effect_never_applies', first.span, `'${rule.name}' is an output: nothing dispatches it`)
  }
}

function writtenBy(effect: Effect): readonly string[] {
  if ('variable' in effect) return [effect.variable]
  return effect.kind === 'spawn' && effect.storeField !== undefined ? [effect.storeField] : []
}

function lintName(rule: ActionSpec, section: ActionSection, { issues }: LintContext): void {
  if (section.name === undefined || rule.kind === 'output') return
  if (rule.to === undefined) {
    issues.report('action_without_to', section.name.span, `'${rule.name}' does not change the status`)
  }
  if (rule.effects.length === 0 && /AddItem|RemoveItem/.test(rule.name)) {
    const message = `'${rule.name}' has no effect; its name alone changes no counter`
    issues.report('name_heuristic', section.name.span, message, 'write effect = "items += 1" or the like')
  }
}
