import type { IssueList } from '../diagnostics/issue-list.ts'
import type { TableNode } from '../toml/toml-node.ts'
import type { RulesOf, ValuesOf } from './key-rule.ts'
import { readKeys } from './read-keys.ts'

interface StateTimeoutKeys {
  readonly state: 'text'
  readonly after_seconds: 'integer'
  readonly on_timeout: 'text'
  readonly max_occurrences: 'integer'
  readonly reset_on: 'texts'
  readonly args: 'table'
}

/** The keys of `[[state_timeout]]`. */
export const stateTimeoutKeys: RulesOf<StateTimeoutKeys> = {
  state: { type: 'text', required: true, about: 'The status that may not last.' },
  after_seconds: { type: 'integer', minimum: 1, required: true, about: 'How long it may last.' },
  on_timeout: { type: 'text', required: true, about: 'The action that is asked then.' },
  max_occurrences: {
    type: 'integer',
    minimum: 1,
    fallback: 1,
    about: 'How often it may happen to one entity.',
  },
  reset_on: { type: 'texts', about: 'Actions that start the time again without leaving the status.' },
  args: { type: 'table', about: 'The params of the action.' },
}

/** One `[[state_timeout]]` as written. */
export type StateTimeoutSection = ValuesOf<StateTimeoutKeys> & { readonly table: TableNode }

/** Reads one `[[state_timeout]]`. */
export function readStateTimeout(table: TableNode, issues: IssueList): StateTimeoutSection {
  return { ...readKeys(table, stateTimeoutKeys, '[[state_timeout]]', issues), table }
}
