// The key that holds a condition, `guard` or `assert`, in its older forms: a clause in words, a table, or several.
import { commentsInside, isUnderHeader, replaceEntry, replaceNode } from '../edit/table-edits.ts'
import { tomlString } from '../toml/toml-text.ts'
import type { TableNode, TomlNode } from '../toml/toml-node.ts'
import { modernCondition, modernGuard } from './conditions.ts'
import { reportLegacy, rewritten, withEntries } from './legacy-context.ts'
import type { LegacyContext } from './legacy-context.ts'

/** Rewrites the condition under `key`. */
export function rewriteCondition(table: TableNode, key: string, context: LegacyContext): TableNode {
  const entry = table.entries.get(key)
  const modern = entry === undefined ? undefined : modernText(entry.value, context)
  if (entry === undefined || modern === undefined) return table
  const node = entry.value
  const line = `${key} = ${tomlString(modern)}`
  reportLegacy(context, node.span, node.kind === 'text' ? `'${node.value}'` : `a ${key} of tables`, line)
  const comments = isUnderHeader(entry) ? [] : commentsInside(node, context.text)
  const edits =
    node.kind === 'text'
      ? [replaceNode(node, tomlString(modern))]
      : [...comments, ...replaceEntry(table, key, line, context.text)]
  context.edits.push(...edits)
  return withEntries(table, new Map([[key, rewritten(modern, node.span)]]))
}

function modernText(node: TomlNode, context: LegacyContext): string | undefined {
  if (node.kind === 'text') return modernCondition(node.value)
  const isCondition = node.kind === 'table' || (node.kind === 'array' && node.items.length > 0)
  return isCondition ? modernGuard(node, context) : undefined
}
