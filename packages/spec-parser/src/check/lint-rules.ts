import type { ActionSpec, Effect } from '@perdure/core'

import type { ActionSection } from '../sections/action.ts'
import { evaluatePartially } from './evaluate-partially.ts'
import type { LintContext } from './lint-context.ts'
import { statusesOf } from './transitions.ts'

/** Looks at each rule: guards that cannot hold, rules of one name that overlap, params and effects without effect. */
export function lintRules(context: LintContext): void {
  for (const [index, rule] of context.spec.actions.entries()) {
    const section = context.sections.actions[index]
    if (section === undefined) continue
    lintGuard(rule, section, context)
    lintOverlap(rule, index, section, context)
    lintWrites(rule, section, context)
    lintName(rule, section, context)
  }
}

function lintGuard(rule: ActionSpec, section: ActionSection, { spec, issues }: LintContext): void {
  const { guard } = rule
  if (guard === undefined || section.guard === undefined) return
  const isCounter = (name: string) =>
    spec.variables.some((variable) => variable.name === name && variable.type === 'counter')
  const statuses = statusesOf(rule, spec)
  const canHold = statuses.some(
    (status) => evaluatePartially(guard, { status, valueOf: () => undefined, isCounter }) !== false,
  )
  if (canHold || statuses.length === 0) return
  issues.report('guard_never_true', section.guard.span, `the guard of '${rule.name}' is never true`)
}

/** Tools that stop at the first rule whose `from` fits would refuse where this rule applies. */
function lintOverlap(
  rule: ActionSpec,
  index: number,
  section: ActionSection,
  { spec, issues }: LintContext,
): void {
  const statuses = new Set(statusesOf(rule, spec))
  const isShared = spec.actions
    .slice(0, index)
    .some(
      (other) =>
        other.name === rule.name &&
        other.guard !== undefined &&
        statusesOf(other, spec).some((s) => statuses.has(s)),
    )
  if (!isShared || section.name === undefined) return
  const message = `several rules of '${rule.name}' fit one state; the first whose guard holds applies`
  issues.report('overlapping_rules', section.name.span, message, 'some tools stop at the first that fits')
}

function lintWrites(rule: ActionSpec, section: ActionSection, { spec, issues }: LintContext): void {
  const written = new Set(rule.effects.flatMap(writtenBy))
  for (const [index, { name }] of rule.params.entries()) {
    const span = section.params[index]?.name?.span
    const variable = spec.variables.find((other) => other.name === name)
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
