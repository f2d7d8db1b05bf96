import type { IssueList } from '../diagnostics/issue-list.ts'
import type { TableNode } from '../toml/toml-node.ts'
import type { RulesOf, ValuesOf } from './key-rule.ts'
import { readKeys } from './read-keys.ts'

interface UpcastKeys {
  readonly from_version: 'integer'
  readonly rename_action: 'table'
  readonly rename_param: 'table'
  readonly rename_status: 'table'
  readonly rename_variable: 'table'
  readonly default_param: 'table'
}

/** The keys of `[[upcast]]`. */
export const upcastKeys: RulesOf<UpcastKeys> = {
  from_version: {
    type: 'integer',
    minimum: 1,
    required: true,
    about: 'The version that the older events were written under.',
  },
  rename_action: { type: 'table', about: 'old = "new"' },
  rename_param: { type: 'table', about: 'old = "new"' },
  rename_status: { type: 'table', about: 'old = "new"' },
  rename_variable: { type: 'table', about: 'old = "new"' },
  default_param: { type: 'table', about: 'param = value, for older events that lack it' },
}

/** One `[[upcast]]` as written. */
export type UpcastSection = ValuesOf<UpcastKeys> & { readonly table: TableNode }

/** Reads one `[[upcast]]`. */
export function readUpcast(table: TableNode, issues: IssueList): UpcastSection {
  return { ...readKeys(table, upcastKeys, '[[upcast]]', issues), table }
}
