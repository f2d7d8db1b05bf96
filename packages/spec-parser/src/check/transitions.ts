// The automaton as a graph, guards left aside: what a rule may leave, where it leads, what can be reached.
import { deletedStatus } from '@perdure/core'
import type { ActionSpec, EntitySpec } from '@perdure/core'

/** The statuses in which a rule may apply: those it names, else every one that is not terminal. None for an output. */
export function statusesOf(rule: ActionSpec, spec: EntitySpec): readonly string[] {
  if (rule.kind === 'output') return []
  const from =
    rule.from.length > 0 ? rule.from : spec.states.filter((state) => !spec.terminal.includes(state))
  return from.filter((state) => state !== deletedStatus)
}

/** The statuses that some run may be in, as far as guards are not asked. */
export function reachableStates(spec: EntitySpec): ReadonlySet<string> {
  const next = new Map<string, string[]>()
  for (const rule of spec.actions) {
    if (rule.to === undefined) continue
    for (const state of statusesOf(rule, spec)) next.set(state, [...(next.get(state) ?? []), rule.to])
  }
  const reached = new Set([spec.initial])
  for (const state of reached) for (const to of next.get(state) ?? []) reached.add(to)
  return reached
}
