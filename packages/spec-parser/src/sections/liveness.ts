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
  readonly preceded_by: 'texts'
}

/** The keys of `[[liveness]]`. */
export const livenessKeys: RulesOf<LivenessKeys> = {
  name: { type: 'text', required: true, about: 'What reports call it.' },
  from: { type: 'texts', required: true, nonEmpty: true, about: 'The statuses it speaks of.' },
  reaches: { type: 'texts', nonEmpty: true, about: 'Statuses of which one is entered in the end.' },
  has_actions: { type: 'flag', about: 'Some action can always be taken.' },
  preceded_by: {
    type: 'texts',
    nonEmpty: true,
    about: 'Every run that is in `from` has been in one of these before.',
  },
}

/** One `[[liveness]]` as written. */
export type LivenessSection = ValuesOf<LivenessKeys> & { readonly table: TableNode }

const claims = ['reaches', 'has_actions', 'preceded_by'] as const

/** Reads one `[[liveness]]`: exactly one of `reaches`, `has_actions = true` and `preceded_by`. */
export function readLiveness(table: TableNode, issues: IssueList): LivenessSection {
  const section = readKeys(table, livenessKeys, '[[liveness]]', issues)
  if (section.name !== undefined) checkName(section.name, 'a liveness property', issues)
  const [first, second] = claims.flatMap((key) => table.entries.get(key) ?? [])
  const hint = 'reaches = ["Done"], has_actions = true, or preceded_by = ["Created"]'
  if (first === undefined) {
    issues.report(
      'missing_key',
      table.span,
      "[[liveness]] claims nothing: it needs 'reaches' or 'has_actions'",
      hint,
    )
  } else if (second !== undefined) {
    issues.report(
      'invalid_value',
      second.keySpan,
      '[[liveness]] claims two things',
      `write two sections: ${hint}`,
    )
  } else if (section.has_actions?.value === false) {
    issues.report('invalid_value', section.has_actions.span, "'has_actions' can only be true", hint)
  }
  return { ...section, table }
}
