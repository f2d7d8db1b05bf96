import type { IssueList } from '../diagnostics/issue-list.ts'
import type { TableNode } from '../toml/toml-node.ts'
import type { RulesOf, ValuesOf } from './key-rule.ts'
import { readKeys } from './read-keys.ts'
import { checkName } from './read-name.ts'

interface LivenessKeys {
  readonly name: 'text'
  readonly from: 'texts'
  readonly reaches: 'texts'
  readonly has_actions: 'flag'
}

/** The keys of `[[liveness]]`. */
export const livenessKeys: RulesOf<LivenessKeys> = {
  name: { type: 'text', required: true, about: 'What reports call it.' },
  from: { type: 'texts', required: true, nonEmpty: true, about: 'The statuses it speaks of.' },
  reaches: { type: 'texts', nonEmpty: true, about: 'Statuses of which one is entered in the end.' },
  has_actions: { type: 'flag', about: 'Some action can always be taken.' },
}

/** One `[[liveness]]` as written. */
export type LivenessSection = ValuesOf<LivenessKeys> & { readonly table: TableNode }

/** Reads one `[[liveness]]`: exactly one of `reaches` and `has_actions = true`. */
export function readLiveness(table: TableNode, issues: IssueList): LivenessSection {
  const section = readKeys(table, livenessKeys, '[[liveness]]', issues)
  if (section.name !== undefined) checkName(section.name, 'a liveness property', issues)
  const hasReaches = table.entries.has('reaches')
  const hasActions = table.entries.get('has_actions')
  const hint = 'reaches = ["Done"], or has_actions = true'
  if (!hasReaches && hasActions === undefined) {
    issues.report('missing_key', table.span, "[[liveness]] needs 'reaches' or 'has_actions'", hint)
  } else if (hasReaches && hasActions !== undefined) {
    issues.report(
      'invalid_value',
      hasActions.keySpan,
      "[[liveness]] has both 'reaches' and 'has_actions'",
      hint,
    )
  } else if (section.has_actions?.value === false) {
    issues.report('invalid_value', section.has_actions.span, "'has_actions' can only be true", hint)
  }
  return { ...section, table }
}
