import type { IssueList } from '../diagnostics/issue-list.ts'
import type { TableNode } from '../toml/toml-node.ts'
import type { RulesOf, ValuesOf } from './key-rule.ts'
import { readKeys } from './read-keys.ts'
import { checkFieldName } from './read-name.ts'
import { valueTypes } from './value-types.ts'

interface StateKeys {
  readonly name: 'text'
  readonly type: 'text'
  readonly initial: 'custom'
  readonly entity_type: 'text'
  readonly overflow_inline_max_bytes: 'integer'
  readonly overflow_ttl_seconds: 'integer'
  readonly overflow_journal: 'text'
  readonly query_indexed: 'flag'
  readonly sensitive: 'flag'
}

/** The keys of `[[state]]`. */
export const stateKeys: RulesOf<StateKeys> = {
  name: { type: 'text', required: true, about: 'The name of the variable and of its field.' },
  type: { type: 'text', oneOf: valueTypes, fallback: 'string', code: 'wrong_type', about: 'What it holds.' },
  initial: {
    type: 'custom',
    schema: {},
    about: "What a new entity begins with; the type's zero when left out.",
  },
  entity_type: { type: 'text', about: 'The entity type that a `ref` points at.' },
  overflow_inline_max_bytes: {
    type: 'integer',
    minimum: 0,
    code: 'bad_overflow',
    about: 'The value stays inline while its canonical JSON has at most this many UTF-8 bytes.',
  },
  overflow_ttl_seconds: {
    type: 'integer',
    minimum: 1,
    code: 'bad_overflow',
    about: 'The blob may be deleted this long after the event that set the value; permanent when left out.',
  },
  overflow_journal: {
    type: 'text',
    oneOf: ['value', 'ref'],
    code: 'bad_overflow',
    fallback: 'value',
    about:
      '`value`: the event keeps the whole value. `ref`: the event keeps the reference too, so expiry removes the content.',
  },
  query_indexed: { type: 'flag', fallback: true, about: 'Part of the query index.' },
  sensitive: { type: 'flag', fallback: false, about: 'Masked in logs, inspection and error messages.' },
}

/** One `[[state]]` as written. */
export type StateSection = ValuesOf<StateKeys> & { readonly table: TableNode }

/** Reads one `[[state]]`. */
export function readState(table: TableNode, issues: IssueList): StateSection {
  const section = readKeys(table, stateKeys, '[[state]]', issues)
  if (section.name !== undefined) checkFieldName(section.name, 'a variable', issues)
  return { ...section, table }
}
