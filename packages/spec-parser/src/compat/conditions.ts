// Older guards and asserts: clauses in words, and tables. Each becomes a text of the expression language.
import { printLiteral } from '@perdure/core'
import type { TableNode, TomlNode } from '../toml/toml-node.ts'
import { textOf, textsOf, wordOf } from './legacy-context.ts'
import type { LegacyContext } from './legacy-context.ts'

const clauses: readonly (readonly [RegExp, (name: string, rest: string) => string])[] = [
  [/^min\s+(\w+)\s+(\d+)$/, (name, n) => `${name} >= ${n}`],
  [/^max\s+(\w+)\s+(\d+)$/, (name, n) => `${name} < ${n}`],
  [/^is_true\s+(\w+)$/, (name) => name],
  [/^is_false\s+(\w+)$/, (name) => `!${name}`],
  [/^list_contains\s+(\w+)\s+(\S.*)$/s, (name, text) => `${printLiteral(text)} in ${name}`],
  [/^list_length_min\s+(\w+)\s+(\d+)$/, (name, n) => `len(${name}) >= ${n}`],
]

/** A clause in words as an expression; undefined when it is none. Clauses joined by && are rewritten one by one. */
export function modernCondition(text: string): string | undefined {
  const parts = text.split('&&').map((part) => part.trim())
  const modern = parts.map(modernClause)
  if (modern.every((part) => part === undefined)) return modernNever(text)
  return parts.map((part, index) => modern[index] ?? part).join(' && ')
}

function modernClause(text: string): string | undefined {
  for (const [pattern, write] of clauses) {
    const match = pattern.exec(text)
    if (match !== null) return write(match[1] ?? '', match[2] ?? '')
  }
  return undefined
}

/** `never(S)` */
function modernNever(text: string): string | undefined {
  if (text.includes("'") || !text.includes('never(')) return undefined
  const modern = text.replaceAll(/\bnever\(\s*([\w-]+)\s*\)/g, "status != '$1'")
  return modern === text ? undefined : modern
}

/** The guard that a value of another kind than text stands for: tables and clauses, all of which must hold. */
export function modernGuard(node: TomlNode, context: LegacyContext): string | undefined {
  const parts = (node.kind === 'array' ? node.items : [node]).map((item) => guardPart(item, context))
  if (parts.length === 0 || parts.includes(undefined)) return undefined
  if (parts.length === 1) return parts[0]
  return parts.map((part) => (/\|\||=>/.test(part ?? '') ? `(${part})` : part)).join(' && ')
}

function guardPart(node: TomlNode, context: LegacyContext): string | undefined {
  if (node.kind === 'text') return modernCondition(node.value) ?? node.value
  return node.kind === 'table' ? guardTable(node, context) : undefined
}

function guardTable(table: TableNode, { issues }: LegacyContext): string | undefined {
  const name = textOf(table, 'var') ?? ''
  switch (textOf(table, 'type')) {
    case 'min_count':
      return `${name} >= ${wordOf(table, 'min') ?? 0}`
    case 'max_count':
      return `${name} < ${wordOf(table, 'max') ?? 0}`
    case 'is_true':
      return name
    case 'is_false':
      return `!${name}`
    case 'list_contains':
      return `${printLiteral(wordOf(table, 'value') ?? '')} in ${name}`
    case 'list_length_min':
      return `len(${name}) >= ${wordOf(table, 'min') ?? 0}`
    case 'state_in':
      return `status in ${printSet(textsOf(table, 'values'))}`
    case 'cross_entity_state':
      return relatedState(table)
    default:
      issues.report(
        'invalid_expression',
        table.span,
        `there is no guard of the type '${textOf(table, 'type') ?? ''}'`,
        'write the guard as an expression',
      )
      return undefined
  }
}

/** The older guard passes while the reference is unset, unless it is `required`. */
function relatedState(table: TableNode): string {
  const field = textOf(table, 'entity_id_source') ?? ''
  const status = `${textOf(table, 'entity_type') ?? ''}[${field}].status`
  const required = textsOf(table, 'required_status')
  const forbidden = textsOf(table, 'forbidden_status')
  const tests = [
    ...(required.length > 0 ? [`${status} in ${printSet(required)}`] : []),
    ...(forbidden.length > 0 ? [`${status} not in ${printSet(forbidden)}`] : []),
  ]
  const condition = tests.length === 0 ? `${status} != null` : tests.join(' && ')
  if (wordOf(table, 'required') === 'true') return condition
  return `empty(${field}) || ${condition}`
}

function printSet(values: readonly string[]): string {
  return `[${values.map(printLiteral).join(', ')}]`
}

/** The expression of a `when` or `require` of an older field invariant; undefined, and reported, when it is none. */
export function modernPredicate(node: TomlNode, context: LegacyContext): string | undefined {
  if (node.kind !== 'table') return badPredicate(node, context)
  const [anyOf, allOf, not] = ['any_of', 'all_of', 'not'].map((key) => node.entries.get(key)?.value)
  if (anyOf?.kind === 'array') return joinPredicates(anyOf.items, ' || ', 'false', context)
  if (allOf?.kind === 'array') return joinPredicates(allOf.items, ' && ', 'true', context)
  if (not !== undefined) {
    const inner = modernPredicate(not, context)
    return inner === undefined ? undefined : `!${/^empty\(\w+\)$/.test(inner) ? inner : `(${inner})`}`
  }
  return leafPredicate(node, context)
}

function joinPredicates(
  nodes: readonly TomlNode[],
  operator: string,
  none: string,
  context: LegacyContext,
): string | undefined {
  const parts = nodes.map((node) => modernPredicate(node, context))
  if (parts.includes(undefined)) return undefined
  if (parts.length <= 1) return parts[0] ?? none
  return parts.map((part) => (/ (\|\||&&|=>) /.test(part ?? '') ? `(${part})` : part)).join(operator)
}

function leafPredicate(table: TableNode, context: LegacyContext): string | undefined {
  const field = textOf(table, 'field')
  if (field === undefined) return badPredicate(table, context)
  const name = field === 'Status' ? 'status' : field
  const type = context.variables.get(field)
  if (wordOf(table, 'absent') === 'true') return `${name} == null`
  if (wordOf(table, 'empty') === 'true') {
    if (name === 'status') return 'false'
    return type !== undefined && ['int', 'number', 'counter', 'bool'].includes(type)
      ? `${name} == null`
      : `empty(${name})`
  }
  const equals = table.entries.get('equals')?.value
  if (equals?.kind === 'text' || equals?.kind === 'number' || equals?.kind === 'boolean') {
    return `${name} == ${printLiteral(equals.value)}`
  }
  return badPredicate(table, context)
}

function badPredicate(node: TomlNode, { issues }: LegacyContext): undefined {
  const hint =
    '{ field, absent = true }, { field, equals = value }, { field, empty = true }, any_of, all_of or not'
  issues.report('invalid_expression', node.span, 'this is no condition on a field', hint)
  return undefined
}
