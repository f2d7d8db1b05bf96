// What the rewriting of older forms shares: where findings and edits go, and what the file declares.
import type { IssueList } from '../diagnostics/issue-list.ts'
import type { TextEdit } from '../edit/text-edits.ts'
import type { Span } from '../toml/span.ts'
import type { TableEntry, TableNode, TextNode, TomlNode } from '../toml/toml-node.ts'

/** Gathers what the rewriting of one file comes to. */
export interface LegacyContext {
  readonly text: string
  readonly issues: IssueList
  readonly edits: TextEdit[]
  /** Types of the variables, as the older words are read. */
  readonly variables: ReadonlyMap<string, string>
  /** Variables that only an effect names; each becomes a `[[state]]`. */
  readonly implicitVariables: Map<string, Span>
  /** Names that older `trigger` effects emit. */
  readonly triggers: Map<string, Span>
  /** Integrations made of `[[action.triggers]]`. */
  readonly integrations: LegacyTrigger[]
  /** States that no_further_transitions makes terminal. */
  readonly terminal: Set<string>
}

/** One of `[[action.triggers]]`. */
export interface LegacyTrigger {
  readonly action: string
  readonly name: string
  readonly table: TableNode
}

/** Reports an older form with the text that says the same today. */
export function reportLegacy({ issues }: LegacyContext, span: Span, form: string, modern: string): void {
  issues.report('legacy_form', span, `${form} is an older form`, `write ${modern}`)
}

/** Text that stands for what was written at a place in another form; errors in it point at the whole place. */
export function rewritten(value: string, span: Span): TextNode {
  return { kind: 'text', value, span, isRewritten: true }
}

/** The table with some keys changed; undefined removes one. */
export function withEntries(table: TableNode, changes: ReadonlyMap<string, TomlNode | undefined>): TableNode {
  const entries = new Map<string, TableEntry>(table.entries)
  for (const [key, value] of changes) {
    if (value === undefined) entries.delete(key)
    else entries.set(key, { keySpan: table.entries.get(key)?.keySpan ?? value.span, value })
  }
  return { ...table, entries }
}

/** The text of a key, if it is one. */
export function textOf(table: TableNode, key: string): string | undefined {
  const node = table.entries.get(key)?.value
  return node?.kind === 'text' ? node.value : undefined
}

/** A word of a table that may be written as a string, a number or a boolean. */
export function wordOf(table: TableNode, key: string): string | undefined {
  const node = table.entries.get(key)?.value
  return node?.kind === 'text' || node?.kind === 'number' || node?.kind === 'boolean'
    ? String(node.value)
    : undefined
}

/** The strings of a key that may hold one or several. */
export function textsOf(table: TableNode, key: string): readonly string[] {
  const node = table.entries.get(key)?.value
  if (node?.kind === 'text') return node.value === '' ? [] : [node.value]
  return node?.kind === 'array' ? node.items.flatMap((item) => (item.kind === 'text' ? item.value : [])) : []
}
