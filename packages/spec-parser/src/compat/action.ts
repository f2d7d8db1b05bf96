// Older forms inside one `[[action]]`: guard, effect, params, triggers.
import { replaceEntry, replaceNode, isUnderHeader, removeEntry } from '../edit/table-edits.ts'
import { parseInlineToml } from '../read-toml.ts'
import type { Span } from '../toml/span.ts'
import { tomlNodeText, tomlString } from '../toml/toml-text.ts'
import type { TableNode, TomlNode } from '../toml/toml-node.ts'
import { modernCondition, modernGuard } from './conditions.ts'
import { reportLegacy, rewritten, textOf, withEntries } from './legacy-context.ts'
import type { LegacyContext } from './legacy-context.ts'
import { rewriteParams } from './params.ts'
import { modernStatement, tableStatement } from './statements.ts'
import type { ActionParams, Statement } from './statements.ts'

const unsupportedKeys = ['sub_writes', 'cedar_gate', 'record_parent_event'] as const

/** Rewrites one action. */
export function rewriteAction(table: TableNode, context: LegacyContext): TableNode {
  const params: ActionParams = { names: paramNames(table), needs: new Map() }
  const supported = dropUnsupported(table, context)
  const guarded = rewriteCondition(supported, 'guard', context)
  return rewriteParams(rewriteEffect(takeTriggers(guarded, context), params, context), params, context)
}

function paramNames(table: TableNode): ReadonlySet<string> {
  const node = table.entries.get('params')?.value
  const items = node?.kind === 'array' ? node.items : []
  return new Set(
    items.flatMap((item) =>
      item.kind === 'text' ? item.value : item.kind === 'table' ? (textOf(item, 'name') ?? []) : [],
    ),
  )
}

/** Composite actions write to several entities at once, which is not executed here. */
function dropUnsupported(table: TableNode, { issues }: LegacyContext): TableNode {
  const changes = new Map<string, TomlNode | undefined>()
  for (const key of unsupportedKeys) {
    const entry = table.entries.get(key)
    if (entry === undefined) continue
    issues.report(
      'unsupported_section',
      entry.keySpan,
      `'${key}' of [[action]] is not executed by this version`,
    )
    changes.set(key, undefined)
  }
  const kind = table.entries.get('kind')?.value
  if (kind?.kind === 'text' && kind.value === 'Composite') {
    issues.report('unsupported_section', kind.span, 'composite actions are not executed by this version')
    changes.set('kind', undefined)
  }
  return withEntries(table, changes)
}

/** Rewrites the guard or assert under `key`. */
export function rewriteCondition(table: TableNode, key: string, context: LegacyContext): TableNode {
  const entry = table.entries.get(key)
  if (entry === undefined) return table
  const { value } = entry
  const modern =
    value.kind === 'text'
      ? modernCondition(value.value)
      : isCondition(value)
        ? modernGuard(value, context)
        : undefined
  if (modern === undefined) return table
  const form = value.kind === 'text' ? `'${value.value}'` : `a ${key} of tables`
  reportLegacy(context, value.span, form, `${key} = ${tomlString(modern)}`)
  if (value.kind === 'text') context.edits.push(replaceNode(value, tomlString(modern)))
  else
    context.edits.push(
      ...keepComments(value, context.text),
      ...replaceEntry(table, key, `${key} = ${tomlString(modern)}`, context.text),
    )
  return withEntries(table, new Map([[key, rewritten(modern, value.span)]]))
}

function isCondition(node: TomlNode): boolean {
  return node.kind === 'table' || (node.kind === 'array' && node.items.length > 0)
}

/** Comments between the elements of an array that becomes one value move to the lines above it. */
function keepComments(node: TomlNode, text: string): { start: number; end: number; text: string }[] {
  if (node.kind !== 'array' || text[node.span.start] !== '[' || text.startsWith('[[', node.span.start))
    return []
  const edges = [node.span.start, ...node.items.flatMap(({ span }) => [span.start, span.end]), node.span.end]
  const comments: string[] = []
  for (let index = 0; index < edges.length; index += 2) {
    comments.push(...(text.slice(edges[index], edges[index + 1]).match(/#[^\r\n]*/g) ?? []))
  }
  const lineStart = text.lastIndexOf('\n', node.span.start) + 1
  return comments.map((comment) => ({ start: lineStart, end: lineStart, text: `${comment}\n` }))
}

interface Part {
  readonly node: TomlNode
  readonly statement: Statement
}

function rewriteEffect(table: TableNode, params: ActionParams, context: LegacyContext): TableNode {
  const entry = table.entries.get('effect')
  if (entry === undefined) return table
  const { value } = entry
  const nested =
    value.kind === 'text' && value.value.trimStart().startsWith('[')
      ? parseInlineToml(value.value, value.span)
      : undefined
  const source = nested ?? value
  const parts = (source.kind === 'array' ? source.items : [source]).map((node) => ({
    node,
    statement: modernPart(node, params, context),
  }))
  if (parts.every(({ statement }) => statement.kind === 'keep')) return table
  const nodes = parts.flatMap(modernNode)
  const modern: TomlNode =
    nodes.length === 1 && value.kind !== 'array' && nodes[0] !== undefined
      ? nodes[0]
      : { kind: 'array', items: nodes, span: value.span }
  reportParts(parts, nested === undefined ? undefined : modern, value.span, context)
  const isWhole =
    nested !== undefined ||
    value.kind !== 'array' ||
    isUnderHeader(entry) ||
    parts.some(({ statement }) => statement.kind === 'drop')
  if (isWhole) context.edits.push(...replaceWhole(table, nodes, modern, context.text))
  else
    for (const { node, statement } of parts)
      if (statement.kind === 'statement') context.edits.push(replaceNode(node, tomlString(statement.text)))
  return withEntries(table, new Map([['effect', nodes.length === 0 ? undefined : modern]]))
}

function modernPart(node: TomlNode, params: ActionParams, context: LegacyContext): Statement {
  if (node.kind === 'text') return modernStatement(node.value, node.span, context)
  return node.kind === 'table' ? tableStatement(node, params, context) : { kind: 'keep' }
}

function modernNode({ node, statement }: Part): readonly TomlNode[] {
  switch (statement.kind) {
    case 'statement':
      return [rewritten(statement.text, node.span)]
    case 'keep':
      return [node]
    case 'drop':
      return []
  }
}

function replaceWhole(
  table: TableNode,
  nodes: readonly TomlNode[],
  modern: TomlNode,
  text: string,
): ReturnType<typeof replaceEntry> {
  if (nodes.length === 0) return removeEntry(table, 'effect', text)
  return replaceEntry(table, 'effect', `effect = ${tomlNodeText(modern, text)}`, text)
}

function reportParts(
  parts: readonly Part[],
  nested: TomlNode | undefined,
  span: Span,
  context: LegacyContext,
): void {
  if (nested !== undefined) {
    reportLegacy(context, span, 'an array inside a string', `effect = ${tomlNodeText(nested, context.text)}`)
    return
  }
  for (const { node, statement } of parts) {
    if (statement.kind !== 'statement') continue
    const form = node.kind === 'text' ? `'${node.value}'` : 'an effect as a table'
    reportLegacy(context, node.span, form, tomlString(statement.text))
  }
}

function takeTriggers(table: TableNode, context: LegacyContext): TableNode {
  const node = table.entries.get('triggers')?.value
  if (node === undefined) return table
  const action = textOf(table, 'name') ?? ''
  for (const item of node.kind === 'array' ? node.items : [node]) {
    if (item.kind === 'table')
      context.integrations.push({ action, name: textOf(item, 'name') ?? action, table: item })
  }
  context.edits.push(...removeEntry(table, 'triggers', context.text))
  return withEntries(table, new Map([['triggers', undefined]]))
}
