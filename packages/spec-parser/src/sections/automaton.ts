import type { IssueList } from '../diagnostics/issue-list.ts'
import { limits } from '../limits.ts'
import type { TableNode } from '../toml/toml-node.ts'
import type { RulesOf, ValuesOf } from './key-rule.ts'
import { readKeys } from './read-keys.ts'
import { checkEntityType, checkName, checkUnique } from './read-name.ts'

interface AutomatonKeys {
  readonly name: 'text'
  readonly states: 'texts'
  readonly initial: 'text'
  readonly terminal: 'texts'
  readonly strict_action_params: 'flag'
  readonly enforce_invariants: 'flag'
  readonly snapshot_every: 'integer'
  readonly version: 'integer'
  readonly allow_indefinite_states: 'texts'
}

/** The keys of `[automaton]`. */
export const automatonKeys: RulesOf<AutomatonKeys> = {
  name: { type: 'text', required: true, about: 'The entity type.' },
  states: { type: 'texts', required: true, nonEmpty: true, about: 'The statuses an entity may have.' },
  initial: { type: 'text', required: true, about: 'The status of a new entity; one of `states`.' },
  terminal: { type: 'texts', about: 'Statuses that no action may leave.' },
  strict_action_params: {
    type: 'flag',
    fallback: true,
    about: 'Reject a param that the action does not declare; false puts it into the fields.',
  },
  enforce_invariants: {
    type: 'flag',
    fallback: true,
    about: 'Reject a command whose next state violates an invariant.',
  },
  snapshot_every: { type: 'integer', minimum: 1, fallback: 100, about: 'Events between snapshots.' },
  version: { type: 'integer', minimum: 1, fallback: 1, about: "The author's version of this spec." },
  allow_indefinite_states: {
    type: 'texts',
    about: 'Statuses that are not terminal and need no way out in time.',
  },
}

/** `[automaton]` as written. */
export type AutomatonSection = ValuesOf<AutomatonKeys>

/** Reads `[automaton]` and checks the names it gives. */
export function readAutomaton(table: TableNode, issues: IssueList): AutomatonSection {
  const section = readKeys(table, automatonKeys, '[automaton]', issues)
  if (section.name !== undefined) checkEntityType(section.name, 'an entity type', issues)
  const states = section.states?.value ?? []
  for (const state of states) checkName(state, 'a state', issues)
  checkUnique(states, 'the state', issues)
  if (states.length > limits.states && section.states !== undefined) {
    const message = `${states.length} states; at most ${limits.states} are allowed`
    issues.report('too_many_states', section.states.span, message)
  }
  return section
}
