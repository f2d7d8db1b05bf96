// Looks up names that sections write down outright: states and actions. What is not there is reported with a suggestion.
import { suggest } from '../diagnostics/did-you-mean.ts'
import type { Located } from '../sections/located.ts'
import type { SpecContext } from './spec-context.ts'

/** The text of the names, each of which must be a state. */
export function requireStates(
  names: Located<readonly Located<string>[]> | undefined,
  context: SpecContext,
): readonly string[] {
  return (names?.value ?? []).map((name) => requireState(name, context))
}

/** The text of the name, which must be a state. */
export function requireState(name: Located<string>, { names, issues }: SpecContext): string {
  if (!names.states.has(name.value)) {
    const hint = suggest(name.value, names.states, 'the states')
    issues.report('unknown_state', name.span, `there is no state '${name.value}'`, hint)
  }
  return name.value
}

/** The text of the name, which must be an action that something may dispatch. */
export function requireAction(name: Located<string>, { names, issues }: SpecContext): string {
  if (!names.actions.has(name.value)) {
    const hint = suggest(name.value, names.actions, 'the actions')
    issues.report('unknown_action', name.span, `there is no action '${name.value}'`, hint)
  } else if (names.outputs.has(name.value)) {
    const message = `'${name.value}' is an output: nothing dispatches it`
    issues.report('unknown_action', name.span, message, 'make it kind = "internal"')
  }
  return name.value
}
