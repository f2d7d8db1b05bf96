import { deletedStatus } from '@perdure/core'

import type { LintContext } from './lint-context.ts'
import { reachableStates, statusesOf } from './transitions.ts'

/** Warns of states that no run reaches, states that no run leaves, rules that never apply, and the tombstone. */
export function lintGraph(context: LintContext): void {
  const reached = reachableStates(context.spec)
  lintStates(context, reached)
  lintDeadRules(context, reached)
}

function lintStates({ spec, sections, issues }: LintContext, reached: ReadonlySet<string>): void {
  const left = new Set(
    spec.actions.flatMap((rule) =>
      statusesOf(rule, spec).filter((state) => rule.to !== undefined && rule.to !== state),
    ),
  )
  for (const { value: state, span } of sections.automaton?.states?.value ?? []) {
    const isFinal = spec.terminal.includes(state) || spec.allowIndefiniteStates.includes(state)
    if (state === deletedStatus) {
      const message = `entering '${deletedStatus}' ends the entity: it is the tombstone`
      issues.report('reserved_status', span, message, 'name the state otherwise if the entity is to live on')
    } else if (!reached.has(state)) {
      issues.report(
        'unreachable_state',
        span,
        `no action leads to '${state}'`,
        'add one, or remove the state',
      )
    } else if (!isFinal && spec.states.length > 1 && !left.has(state)) {
      const hint = `list it in 'terminal', or in 'allow_indefinite_states', or add a way out`
      issues.report('trap_state', span, `nothing leads out of '${state}'`, hint)
    }
  }
}

/** A rule is dead when none of its statuses is reached, or a rule before it always applies there first. */
function lintDeadRules({ spec, sections, issues }: LintContext, reached: ReadonlySet<string>): void {
  const taken = new Map<string, Set<string>>()
  for (const [index, rule] of spec.actions.entries()) {
    const span = sections.actions[index]?.name?.span
    if (rule.kind === 'output' || span === undefined) continue
    const before = taken.get(rule.name) ?? new Set()
    taken.set(rule.name, before)
    const live = statusesOf(rule, spec).filter((state) => reached.has(state))
    if (live.length === 0) {
      issues.report('dead_action', span, `'${rule.name}' never applies: no run is in ${list(rule.from)}`)
    } else if (live.every((state) => before.has(state))) {
      const message = `this rule of '${rule.name}' never applies: one before it has no guard and comes first`
      issues.report('dead_action', span, message, 'give the first a guard, or put this rule before it')
    }
    if (rule.guard === undefined) for (const state of live) before.add(state)
  }
}

function list(states: readonly string[]): string {
  return states.length === 0
    ? 'a state that is not terminal'
    : states.map((state) => `'${state}'`).join(' or ')
}
