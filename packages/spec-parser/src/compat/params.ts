// Params of older actions: words for types, and types that follow from how an older effect uses the param.
import { isUnderHeader, replaceEntry, replaceNode } from '../edit/table-edits.ts'
import type { Span } from '../toml/span.ts'
import { tomlNodeText } from '../toml/toml-text.ts'
import type { TableEntry, TableNode, TomlNode } from '../toml/toml-node.ts'
import { reportLegacy, rewritten, textOf, withEntries } from './legacy-context.ts'
import type { LegacyContext } from './legacy-context.ts'
import { rewriteType } from './scalars.ts'
import type { ActionParams } from './statements.ts'

/** Rewrites `params`; an amount that the older form did not declare is added. */
export function rewriteParams(table: TableNode, params: ActionParams, context: LegacyContext): TableNode {
  const entry = table.entries.get('params')
  const items = entry?.value.kind === 'array' ? entry.value.items : []
  if (entry !== undefined && (entry.value.kind !== 'array' || isUnderHeader(entry))) return table
  const missing = [...params.needs].filter(([name]) => !params.names.has(name))
  const span = entry?.value.span ?? table.span
  const known = items.map((item) => rewriteParam(item, params, context))
  const added = missing.map(([name, need]) => paramTable(name, need.type, need.required, span))
  if (added.length === 0 && known.every((node, index) => node === items[index])) return table
  const modern: TomlNode = { kind: 'array', items: [...known, ...added], span }
  if (added.length > 0) {
    const line = `params = ${tomlNodeText(modern, context.text)}`
    reportLegacy(context, span, 'an amount that is no declared param', line)
    context.edits.push(...replaceEntry(table, 'params', line, context.text))
  }
  return withEntries(table, new Map([['params', modern]]))
}

function rewriteParam(node: TomlNode, { needs }: ActionParams, context: LegacyContext): TomlNode {
  const table = node.kind === 'table' ? rewriteType(node, 'json', context) : undefined
  const name = node.kind === 'text' ? node.value : table === undefined ? undefined : textOf(table, 'name')
  const need = name === undefined ? undefined : needs.get(name)
  if (name === undefined || need === undefined) return table ?? node
  const type =
    (table === undefined ? undefined : textOf(table, 'type')) ?? context.variables.get(name) ?? 'string'
  if (type === need.type && (!need.required || table?.entries.has('required') === true)) return table ?? node
  const modern =
    table === undefined ? paramTable(name, need.type, need.required, node.span) : withNeed(table, need)
  const form = `the param '${name}', a ${type} where a ${need.type} is needed,`
  reportLegacy(context, node.span, form, tomlNodeText(modern, context.text))
  context.edits.push(replaceNode(node, tomlNodeText(modern, context.text)))
  return modern
}

function withNeed(
  table: TableNode,
  { type, required }: { readonly type: string; readonly required: boolean },
): TableNode {
  const changes = new Map<string, TomlNode>([['type', rewritten(type, table.span)]])
  if (required) changes.set('required', { kind: 'boolean', value: true, span: table.span })
  return withEntries(table, changes)
}

function paramTable(name: string, type: string, required: boolean, span: Span): TableNode {
  const entry = (value: TomlNode): TableEntry => ({ keySpan: span, value })
  const entries = new Map<string, TableEntry>([
    ['name', entry(rewritten(name, span))],
    ['type', entry(rewritten(type, span))],
  ])
  if (required) entries.set('required', entry({ kind: 'boolean', value: true, span }))
  return { kind: 'table', entries, span }
}
