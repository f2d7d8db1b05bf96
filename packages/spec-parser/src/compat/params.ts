// Params of older actions: words for types, and types that follow from how an older effect uses the param.
import { isUnderHeader, replaceEntry, replaceNode } from '../edit/table-edits.ts'
import type { Span } from '../toml/span.ts'
import { tomlNodeText } from '../toml/toml-text.ts'
import type { TableNode, TomlNode } from '../toml/toml-node.ts'
import { reportLegacy, rewritten, textOf, withEntries, wordOf } from './legacy-context.ts'
import type { LegacyContext } from './legacy-context.ts'
import { rewriteType } from './scalars.ts'
import type { ActionParams, ParamNeed } from './statements.ts'

/** Rewrites `params`; an amount that the older form did not declare is added. */
export function rewriteParams(table: TableNode, params: ActionParams, context: LegacyContext): TableNode {
  const entry = table.entries.get('params')
  const items = entry?.value.kind === 'array' ? entry.value.items : []
  if (entry !== undefined && (entry.value.kind !== 'array' || isUnderHeader(entry))) return table
  const missing = [...params.needs].filter(([name]) => !params.names.has(name))
  const span = entry?.value.span ?? table.span
  const known = items.map((item) => rewriteParam(item, params, context))
  const added = missing.map(([name, need]) => paramTable(name, need, span))
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
  if (table !== undefined && type === need.type && isMarked(table, need)) return table
  const modern = table === undefined ? paramTable(name, need, node.span) : withNeed(table, need)
  const form =
    type === need.type
      ? `the param '${name}', which an effect needs,`
      : `the param '${name}', of type ${type} where ${need.type} is needed,`
  reportLegacy(context, node.span, form, tomlNodeText(modern, context.text))
  context.edits.push(replaceNode(node, tomlNodeText(modern, context.text)))
  return modern
}

function isMarked(table: TableNode, need: ParamNeed): boolean {
  return marksOf(need).every((key) => wordOf(table, key) === 'true')
}

/** The flags that a need sets. */
function marksOf({ isAmount }: ParamNeed): readonly string[] {
  return isAmount ? ['required', 'amount'] : ['required']
}

function withNeed(table: TableNode, need: ParamNeed): TableNode {
  const marks = marksOf(need).map((key): [string, TomlNode] => [key, trueAt(table.span)])
  return withEntries(table, new Map([['type', rewritten(need.type, table.span)], ...marks]))
}

function paramTable(name: string, need: ParamNeed, span: Span): TableNode {
  const entries = new Map([['name', { keySpan: span, value: rewritten(name, span) }]])
  return withNeed({ kind: 'table', entries, span }, need)
}

function trueAt(span: Span): TomlNode {
  return { kind: 'boolean', value: true, span }
}
