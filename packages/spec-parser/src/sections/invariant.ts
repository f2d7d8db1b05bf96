import type { IssueList } from '../diagnostics/issue-list.ts'
import type { TableNode } from '../toml/toml-node.ts'
import type { RulesOf, ValuesOf } from './key-rule.ts'
import { readKeys } from './read-keys.ts'
import { checkName } from './read-name.ts'

interface InvariantKeys {
  readonly name: 'text'
  readonly assert: 'text'
  readonly when: 'texts'
}

/** The keys of `[[invariant]]`. */
export const invariantKeys: RulesOf<InvariantKeys> = {
  name: { type: 'text', required: true, about: 'What rejections and reports call it.' },
  assert: { type: 'text', required: true, about: 'An expression that holds in every reachable state.' },
  when: { type: 'texts', nonEmpty: true, about: 'Statuses in which it is asked; all when left out.' },
}

/** One `[[invariant]]` as written. */
export type InvariantSection = ValuesOf<InvariantKeys> & { readonly table: TableNode }

/** Reads one `[[invariant]]`. */
export function readInvariant(table: TableNode, issues: IssueList): InvariantSection {
  const section = readKeys(table, invariantKeys, '[[invariant]]', issues)
  if (section.name !== undefined) checkName(section.name, 'an invariant', issues)
  return { ...section, table }
}

interface FieldInvariantKeys {
  readonly name: 'text'
  readonly assert: 'text'
  readonly message: 'text'
}

/** The keys of `[[field_invariant]]`. */
export const fieldInvariantKeys: RulesOf<FieldInvariantKeys> = {
  name: { type: 'text', required: true, about: 'What rejections call it.' },
  assert: { type: 'text', required: true, about: 'An expression over the fields.' },
  message: { type: 'text', about: 'What the rejection says.' },
}

/** One `[[field_invariant]]` as written. */
export type FieldInvariantSection = ValuesOf<FieldInvariantKeys> & { readonly table: TableNode }

/** Reads one `[[field_invariant]]`. */
export function readFieldInvariant(table: TableNode, issues: IssueList): FieldInvariantSection {
  const section = readKeys(table, fieldInvariantKeys, '[[field_invariant]]', issues)
  if (section.name !== undefined) checkName(section.name, 'a field invariant', issues)
  return { ...section, table }
}
