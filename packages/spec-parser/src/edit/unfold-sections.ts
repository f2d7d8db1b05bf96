// Sections written as values (`state = [{ … }]`, `automaton = { … }`, `automaton.name = …`) put under headers of their own,
// for whoever has to add lines to them. Called by migrateSpec before it rewrites anything; comments and order stay.
import { tomlNodeText } from '../toml/toml-text.ts'
import type { Span } from '../toml/span.ts'
import type { TableEntry, TableNode, TomlNode } from '../toml/toml-node.ts'
import { applyEdits } from './text-edits.ts'
import type { TextEdit } from './text-edits.ts'

type Shape = 'underHeader' | 'inline' | 'dotted' | 'other'

/** The text with every section under headers; as it is when they already are, or when one is no section at all. */
export function unfoldSections(root: TableNode, text: string): string {
  const sections = [...root.entries].map(([key, entry]) => ({ key, entry, shape: shapeOf(entry, text) }))
  if (sections.some(({ shape }) => shape === 'other')) return text
  const edits = sections.flatMap(({ key, entry, shape }): readonly TextEdit[] => {
    if (shape === 'inline') return [unfoldInline(key, entry, text)]
    return shape === 'dotted' && entry.value.kind === 'table' ? unfoldDotted(key, entry.value, text) : []
  })
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n'
  return applyEdits(
    text,
    edits.map((edit) => ({ ...edit, text: edit.text.replaceAll(/\r?\n/g, lineBreak) })),
  )
}

function shapeOf({ keySpan, value }: TableEntry, text: string): Shape {
  const isTables = value.kind === 'array' && value.items.every(({ kind }) => kind === 'table')
  if (value.kind !== 'table' && !isTables) return 'other'
  if (keySpan.end <= value.span.start) return 'inline'
  return text[value.span.start] === '[' ? 'underHeader' : 'dotted'
}

function unfoldInline(key: string, { keySpan, value }: TableEntry, text: string): TextEdit {
  const lines: string[] = []
  let at = keySpan.end
  for (const table of value.kind === 'array' ? value.items : [value]) {
    if (table.kind !== 'table') continue
    const head = remarks(text.slice(at, table.span.start))
    if (head.behind !== undefined && lines.length > 0) lines.push(`${lines.pop()} ${head.behind}`)
    if (lines.length > 0) lines.push('')
    lines.push(...(lines.length === 0 && head.behind !== undefined ? [head.behind] : []), ...head.above)
    lines.push(value.kind === 'array' ? `[[${key}]]` : `[${key}]`, ...tableLines(table, text))
    at = table.span.end
  }
  const tail = remarks(text.slice(at, value.span.end))
  const rest = [...(tail.behind === undefined ? [] : [tail.behind]), ...tail.above]
  return { start: keySpan.start, end: value.span.end, text: [...lines, ...rest].join('\n') }
}

/** The lines of an inline table, one key a line; values as they were written. */
function tableLines(table: TableNode, text: string): readonly string[] {
  const lines: string[] = []
  let at = table.span.start + 1
  const entries = [...table.entries.values()].toSorted((a, b) => startOf(a, text) - startOf(b, text))
  const add = (gap: string) => {
    const { behind, above } = remarks(gap)
    const last = lines.pop()
    if (last !== undefined) lines.push(behind === undefined ? last : `${last} ${behind}`)
    lines.push(...(last === undefined && behind !== undefined ? [behind] : []), ...above)
  }
  for (const entry of entries) {
    add(text.slice(at, startOf(entry, text)))
    lines.push(`${text.slice(entry.keySpan.start, entry.keySpan.end)} = ${valueText(entry.value, text)}`)
    at = Math.max(at, endOf(entry.value))
  }
  add(text.slice(at, table.span.end))
  return lines
}

function isDotted({ keySpan, value }: TableEntry, text: string): boolean {
  return value.kind === 'table' && value.span.start <= keySpan.start && text[value.span.start] !== '['
}

function startOf(entry: TableEntry, text: string): number {
  return isDotted(entry, text) ? entry.value.span.start : entry.keySpan.start
}

function endOf(node: TomlNode): number {
  if (node.kind !== 'table') return node.span.end
  return Math.max(node.span.end, ...Array.from(node.entries.values(), ({ value }) => endOf(value)))
}

function valueText(node: TomlNode, text: string): string {
  const written = text.slice(node.span.start, node.span.end)
  return node.kind === 'table' && !written.startsWith('{') ? tomlNodeText(node, text) : written
}

/** Comments in what stands between two values: the one behind the first of them, and those on lines of their own. */
function remarks(gap: string): { readonly behind: string | undefined; readonly above: readonly string[] } {
  const [first = '', ...others] = gap.split('\n')
  const found = (line: string) => /#[^\r]*/.exec(line)?.[0].trimEnd()
  return { behind: found(first), above: others.flatMap((line) => found(line) ?? []) }
}

const firstPart = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)[ \t]*\.[ \t]*/

/** Dotted keys lose their first part; those that stand apart from the first ones move to them. */
function unfoldDotted(key: string, table: TableNode, text: string): readonly TextEdit[] {
  const lines = leaves(table, text).toSorted((a, b) => a.start - b.start)
  const apart = lines.findIndex((line, index) => {
    const before = lines[index - 1]
    return before !== undefined && !isBlank(text.slice(before.end, line.start))
  })
  const near = apart === -1 ? lines : lines.slice(0, apart)
  const far = apart === -1 ? [] : lines.slice(apart)
  const strip = ({ start, end }: Span) => text.slice(start, end).replace(firstPart, '')
  const last = near.at(-1)
  return near.flatMap((line): readonly TextEdit[] => {
    const header = line === near[0] ? `[${key}]\n` : ''
    const moved = line === last ? far.map((other) => `\n${strip(other)}`).join('') : ''
    return [
      { ...line, text: `${header}${strip(line)}${moved}` },
      ...(line === last ? far.map((other) => ({ ...other, text: '' })) : []),
    ]
  })
}

/** Whether nothing stands between two keys but blanks and comments. */
function isBlank(gap: string): boolean {
  return gap.split('\n').every((line) => /^\s*(?:#.*)?$/.test(line))
}

/** The stretches `a.b.c = value` that make up a table of dotted keys. */
function leaves(table: TableNode, text: string): readonly Span[] {
  return [...table.entries.values()].flatMap((entry): readonly Span[] => {
    const { keySpan, value } = entry
    if (value.kind === 'table' && isDotted(entry, text)) return leaves(value, text)
    const lineStart = text.lastIndexOf('\n', keySpan.start - 1) + 1
    const indent = /^[ \t]*/.exec(text.slice(lineStart, keySpan.start))?.[0].length ?? 0
    return [{ start: lineStart + indent, end: value.span.end }]
  })
}
