import type { IssueList } from '../diagnostics/issue-list.ts'
import type { TableEntry, TableNode, TomlNode } from '../toml/toml-node.ts'
import type { RulesOf, ValuesOf } from './key-rule.ts'
import type { Located } from './located.ts'
import { readKeys, wrongType } from './read-keys.ts'
import { checkName } from './read-name.ts'

interface IntegrationKeys {
  readonly name: 'text'
  readonly trigger: 'custom'
  readonly type: 'text'
  readonly module: 'text'
  readonly on_success: 'text'
  readonly on_failure: 'text'
  readonly emits: 'texts'
  readonly retry: 'table'
  readonly timeout_ms: 'integer'
  readonly guard: 'text'
  readonly config: 'table'
}

/** The keys of `[[integration]]`; any other key is a setting. */
export const integrationKeys: RulesOf<IntegrationKeys> = {
  name: { type: 'text', required: true, about: 'What logs and the host call it.' },
  trigger: {
    type: 'custom',
    required: true,
    schema: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1 }] },
    about: 'The action, or the emitted name, that starts it; or several.',
  },
  type: {
    type: 'text',
    oneOf: ['handler', 'webhook', 'wasm'],
    fallback: 'handler',
    about: 'Who does the work.',
  },
  module: { type: 'text', about: 'Which handler or module.' },
  on_success: { type: 'text', about: 'The action that gets the answer as params.' },
  on_failure: { type: 'text', about: 'The action that gets error, error_message and integration.' },
  emits: { type: 'texts', about: 'Actions that a handler may answer with besides.' },
  retry: { type: 'table', about: '{ max, base_ms, cap_ms }' },
  timeout_ms: { type: 'integer', minimum: 1, about: 'How long one attempt may take, in milliseconds.' },
  guard: { type: 'text', about: 'An expression; the work is skipped while it is false.' },
  config: { type: 'table', about: 'Settings of the handler; every other key of the section is one too.' },
}

interface RetryKeys {
  readonly max: 'integer'
  readonly base_ms: 'integer'
  readonly cap_ms: 'integer'
}

/** The keys of `retry`. */
export const retryKeys: RulesOf<RetryKeys> = {
  max: { type: 'integer', minimum: 0, about: 'Attempts after the first.' },
  base_ms: { type: 'integer', minimum: 0, about: 'The first wait, in milliseconds.' },
  cap_ms: { type: 'integer', minimum: 0, about: 'The longest wait, in milliseconds.' },
}

/** One `[[integration]]` as written. */
export type IntegrationSection = Omit<ValuesOf<IntegrationKeys>, 'trigger' | 'retry' | 'config'> & {
  readonly triggers: readonly Located<string>[]
  readonly retry: ValuesOf<RetryKeys> | undefined
  /** `config`, with the section's other keys beside. */
  readonly settings: TableNode
  readonly table: TableNode
}

/** Reads one `[[integration]]`. */
export function readIntegration(table: TableNode, issues: IssueList): IntegrationSection {
  const own = [...table.entries].filter(([key]) => Object.hasOwn(integrationKeys, key))
  const section = readKeys({ ...table, entries: new Map(own) }, integrationKeys, '[[integration]]', issues)
  if (section.name !== undefined) checkName(section.name, 'an integration', issues)
  const retry =
    section.retry?.kind === 'table' ? readKeys(section.retry, retryKeys, "'retry'", issues) : undefined
  return {
    ...section,
    triggers: readTriggers(section.trigger, issues),
    retry,
    settings: gatherSettings(table, section.config, issues),
    table,
  }
}

function readTriggers(node: TomlNode | undefined, issues: IssueList): readonly Located<string>[] {
  if (node === undefined) return []
  const items = node.kind === 'array' ? node.items : [node]
  if (items.length === 0) issues.report('invalid_value', node.span, "'trigger' of [[integration]] is empty")
  return items.flatMap((item) =>
    item.kind === 'text'
      ? item
      : (wrongType(item, "'trigger' of [[integration]]", 'a name, or several', issues) ?? []),
  )
}

/** `config` and the keys that are none of the section's own; a setting given in both places is refused. */
function gatherSettings(table: TableNode, config: TomlNode | undefined, issues: IssueList): TableNode {
  const entries = new Map<string, TableEntry>(config?.kind === 'table' ? config.entries : [])
  for (const [key, entry] of table.entries) {
    if (Object.hasOwn(integrationKeys, key)) continue
    if (entries.has(key)) issues.report('duplicate_name', entry.keySpan, `'${key}' is in 'config' too`)
    entries.set(key, entry)
  }
  return { kind: 'table', entries, span: table.span }
}
