// Older words for types, and values in quotes that are no strings.
import { replaceNode } from '../edit/table-edits.ts'
import type { KeyRule } from '../sections/key-rule.ts'
import { isValueType } from '../sections/value-types.ts'
import { tomlString } from '../toml/toml-text.ts'
import type { TableNode, TextNode, TomlNode } from '../toml/toml-node.ts'
import { reportLegacy, rewritten, textOf, withEntries } from './legacy-context.ts'
import type { LegacyContext } from './legacy-context.ts'

const olderTypes: Readonly<Record<string, string>> = {
  integer: 'int',
  uint64: 'int',
  uint32: 'int',
  int64: 'int',
  int32: 'int',
  long: 'int',
  float: 'number',
  double: 'number',
  boolean: 'bool',
  status: 'string',
  datetime: 'string',
  uuid: 'string',
  text: 'string',
}

/** What an older word for a type is called today; undefined when it is no older word. */
export function modernType(word: string): string | undefined {
  return Object.hasOwn(olderTypes, word) ? olderTypes[word] : undefined
}

/** Rewrites `type`. A word that nobody knows is left alone, or becomes `fallback`. */
export function rewriteType(
  table: TableNode,
  fallback: string | undefined,
  context: LegacyContext,
): TableNode {
  const node = table.entries.get('type')?.value
  if (node?.kind !== 'text' || isValueType(node.value)) return table
  const modern = modernType(node.value) ?? fallback
  if (modern === undefined) return table
  reportLegacy(context, node.span, `the type '${node.value}'`, `type = "${modern}"`)
  context.edits.push(replaceNode(node, tomlString(modern)))
  return withEntries(table, new Map([['type', rewritten(modern, node.span)]]))
}

/** Takes integers and booleans out of their quotes, by the rules of the section's keys. */
export function rewriteQuoted(table: TableNode, rules: object, context: LegacyContext): TableNode {
  const changes = new Map<string, TomlNode>()
  for (const [key, rule] of Object.entries<KeyRule>(rules as Readonly<Record<string, KeyRule>>)) {
    const node = table.entries.get(key)?.value
    if (node?.kind !== 'text' || (rule.type !== 'integer' && rule.type !== 'flag')) continue
    const value = unquote(node, rule.type === 'flag' ? 'bool' : 'int')
    if (value !== undefined) changes.set(key, rewriteValue(key, node, value, context))
  }
  return changes.size === 0 ? table : withEntries(table, changes)
}

/** Rewrites a quoted `initial` of a variable that holds no string. */
export function rewriteInitial(table: TableNode, context: LegacyContext): TableNode {
  const node = table.entries.get('initial')?.value
  if (node?.kind !== 'text') return table
  const value = unquote(node, textOf(table, 'type') ?? 'string')
  return value === undefined
    ? table
    : withEntries(table, new Map([['initial', rewriteValue('initial', node, value, context)]]))
}

function rewriteValue(key: string, node: TextNode, value: TomlNode, context: LegacyContext): TomlNode {
  const modern = value.kind === 'array' ? '[]' : String('value' in value ? value.value : '')
  reportLegacy(context, node.span, `a quoted '${key}'`, `${key} = ${modern}`)
  context.edits.push(replaceNode(node, modern))
  return value
}

function unquote({ value, span }: TextNode, type: string): TomlNode | undefined {
  const text = value.trim()
  switch (type) {
    case 'int':
    case 'counter':
      return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text))
        ? { kind: 'number', value: Number(text) + 0, span }
        : undefined
    case 'number':
      return /^[+-]?\d+(\.\d+)?$/.test(text) ? { kind: 'number', value: Number(text) + 0, span } : undefined
    case 'bool':
      return text === 'true' || text === 'false'
        ? { kind: 'boolean', value: text === 'true', span }
        : undefined
    case 'list':
    case 'set':
      return text === '' || text === '[]' ? { kind: 'array', items: [], span } : undefined
    default:
      return undefined
  }
}
