import type { IssueList } from '../diagnostics/issue-list.ts'
import type { TableNode } from '../toml/toml-node.ts'
import type { RulesOf, ValuesOf } from './key-rule.ts'
import { readKeys } from './read-keys.ts'
import { checkFieldName, checkName, checkUnique } from './read-name.ts'

interface KeyKeys {
  readonly name: 'text'
  readonly properties: 'texts'
}

/** The keys of `[[key]]`. */
export const keyKeys: RulesOf<KeyKeys> = {
  name: { type: 'text', required: true, about: 'What rejections call it.' },
  properties: {
    type: 'texts',
    required: true,
    nonEmpty: true,
    about: 'The fields that are unique together.',
  },
}

/** One `[[key]]` as written. */
export type KeySection = ValuesOf<KeyKeys> & { readonly table: TableNode }

/** Reads one `[[key]]`. */
export function readKey(table: TableNode, issues: IssueList): KeySection {
  const section = readKeys(table, keyKeys, '[[key]]', issues)
  if (section.name !== undefined) checkName(section.name, 'a key', issues)
  const properties = section.properties?.value ?? []
  for (const property of properties) checkFieldName(property, 'a field', issues)
  checkUnique(properties, 'the field', issues)
  return { ...section, table }
}
