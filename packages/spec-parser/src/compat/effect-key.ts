// The key `effect` in its older forms: statements in words, tables, arrays of both, arrays inside strings.
import { commentsInside, isUnderHeader, removeEntry, replaceEntry, replaceNode } from '../edit/table-edits.ts'
import type { TextEdit } from '../edit/text-edits.ts'
import { parseInlineToml } from '../read-toml.ts'
import { tomlNodeText, tomlString } from '../toml/toml-text.ts'
import type { TableEntry, TableNode, TomlNode } from '../toml/toml-node.ts'
import { reportLegacy, rewritten, withEntries } from './legacy-context.ts'
import type { LegacyContext } from './legacy-context.ts'
import { modernStatement, tableStatement } from './statements.ts'
import type { ActionParams, Statement } from './statements.ts'

interface Part {
  readonly node: TomlNode
  readonly statement: Statement
}

/** Rewrites the effects of an action; what they need of its params is noted in `params`. */
export function rewriteEffect(table: TableNode, params: ActionParams, context: LegacyContext): TableNode {
  const entry = table.entries.get('effect')
  if (entry === undefined) return table
  const { value } = entry
  const nested = arrayInside(value)
  const source = nested ?? value
  const parts = (source.kind === 'array' ? source.items : [source]).map((node) => ({
    node,
    statement: modernPart(node, params, context),
  }))
  if (parts.every(({ statement }) => statement.kind === 'keep')) return table
  const nodes = parts.flatMap(modernNodes)
  const [only] = nodes
  const modern: TomlNode =
    only !== undefined && nodes.length === 1 && value.kind !== 'array'
      ? only
      : { kind: 'array', items: nodes, span: value.span }
  if (nested === undefined) reportParts(parts, context)
  else
    reportLegacy(
      context,
      value.span,
      'an array inside a string',
      `effect = ${tomlNodeText(modern, context.text)}`,
    )
  context.edits.push(...effectEdits(table, entry, parts, modern, context.text))
  return withEntries(table, new Map([['effect', nodes.length === 0 ? undefined : modern]]))
}

/** A string that begins with `[` is read as a TOML array. */
function arrayInside(node: TomlNode): TomlNode | undefined {
  return node.kind === 'text' && node.value.trimStart().startsWith('[')
    ? parseInlineToml(node.value, node.span)
    : undefined
}

function modernPart(node: TomlNode, params: ActionParams, context: LegacyContext): Statement {
  if (node.kind === 'text') return modernStatement(node.value, node.span, context)
  return node.kind === 'table' ? tableStatement(node, params, context) : { kind: 'keep' }
}

function modernNodes({ node, statement }: Part): readonly TomlNode[] {
  switch (statement.kind) {
    case 'statement':
      return [rewritten(statement.text, node.span)]
    case 'keep':
      return [node]
    case 'drop':
    case 'refuse':
      return []
  }
}

/** Elements are replaced where they stand if the array can stay; what means nothing is never deleted. */
function effectEdits(
  table: TableNode,
  entry: TableEntry,
  parts: readonly Part[],
  modern: TomlNode,
  text: string,
): readonly TextEdit[] {
  const has = (kind: Statement['kind']) => parts.some(({ statement }) => statement.kind === kind)
  const isPlainArray = entry.value.kind === 'array' && !isUnderHeader(entry)
  if (isPlainArray && (has('refuse') || !has('drop'))) return replaceParts(parts)
  if (has('refuse')) return []
  return replaceWhole(table, entry, modern, text)
}

/** Replaces each element where it stands, so that the layout of the array stays. */
function replaceParts(parts: readonly Part[]): readonly TextEdit[] {
  return parts.flatMap(({ node, statement }) =>
    statement.kind === 'statement' ? [replaceNode(node, tomlString(statement.text))] : [],
  )
}

function replaceWhole(
  table: TableNode,
  entry: TableEntry,
  modern: TomlNode,
  text: string,
): readonly TextEdit[] {
  const edits =
    modern.kind === 'array' && modern.items.length === 0
      ? removeEntry(table, 'effect', text)
      : replaceEntry(table, 'effect', `effect = ${tomlNodeText(modern, text)}`, text)
  return isUnderHeader(entry) ? edits : [...commentsInside(entry.value, text), ...edits]
}

function reportParts(parts: readonly Part[], context: LegacyContext): void {
  for (const { node, statement } of parts) {
    const form = node.kind === 'text' ? `'${node.value}'` : 'an effect as a table'
    if (statement.kind === 'statement') reportLegacy(context, node.span, form, tomlString(statement.text))
    if (statement.kind === 'drop') reportLegacy(context, node.span, form, 'nothing: it never applied')
  }
}
