// Edits in terms of tables and keys: replace, remove, insert. Knows how TOML lays them out: inline, dotted, under headers.
import type { Span } from '../toml/span.ts'
import type { TableEntry, TableNode, TomlNode } from '../toml/toml-node.ts'
import type { TextEdit } from './text-edits.ts'

/** Whether a table stands under a header of its own. */
function hasHeader(table: TableNode, text: string): boolean {
  return text[table.span.start] === '['
}

/** Whether the value of a key stands under headers, `[a.key]` or `[[a.key]]`, and not beside the key. */
export function isUnderHeader({ keySpan, value }: TableEntry): boolean {
  return value.span.start <= keySpan.start && keySpan.end <= value.span.end && value.kind !== 'text'
}

/** Replaces a value. */
export function replaceNode(node: { readonly span: Span }, text: string): TextEdit {
  return { start: node.span.start, end: node.span.end, text }
}

/** Puts a line `key = value` in place of a key, wherever its value stands. */
export function replaceEntry(table: TableNode, key: string, line: string, text: string): readonly TextEdit[] {
  const entry = table.entries.get(key)
  if (entry === undefined) return [insertLine(table, line, text)]
  if (!isUnderHeader(entry)) return [{ start: entry.keySpan.start, end: entry.value.span.end, text: line }]
  return [...removeEntry(table, key, text), insertLine(table, line, text)]
}

/** Removes a key with its value; comments stay. */
export function removeEntry(table: TableNode, key: string, text: string): readonly TextEdit[] {
  const entry = table.entries.get(key)
  if (entry === undefined) return []
  if (isUnderHeader(entry)) return removeNode(entry.value, text)
  return [removeLines({ start: entry.keySpan.start, end: entry.value.span.end }, text)]
}

/** Removes a table, or an array of tables, that stands under headers; comments stay. */
export function removeNode(node: TomlNode, text: string): readonly TextEdit[] {
  if (node.kind === 'array') return node.items.flatMap((item) => removeNode(item, text))
  if (node.kind !== 'table') return []
  const header = hasHeader(node, text) ? [removeHeader(node.span, text)] : []
  return [...header, ...[...node.entries.keys()].flatMap((key) => removeEntry(node, key, text))]
}

/**
 * Adds a line to a table under a header, after the last key that has a line of its own. A key whose place lies inside its
 * value has none: it stands under headers, or stands for what was there, and those lines may be about to go.
 */
export function insertLine(table: TableNode, line: string, text: string): TextEdit {
  const ends = [...table.entries.values()]
    .filter(({ keySpan, value }) => keySpan.end <= value.span.start)
    .map(({ value }) => lastOffset(value))
  const at = endOfLine(text, Math.max(table.span.end, ...ends))
  return { start: at, end: at, text: `\n${line}` }
}

function lastOffset(node: TomlNode): number {
  if (node.kind !== 'table') return node.span.end
  return Math.max(node.span.end, ...[...node.entries.values()].map(({ value }) => lastOffset(value)))
}

/** Removes a header with the blank lines above it. */
function removeHeader(span: Span, text: string): TextEdit {
  const edit = removeLines(span, text)
  const blank = /(?<=\n)(?:[ \t]*\r?\n)+$/.exec(text.slice(Math.max(0, edit.start - 1000), edit.start))
  return edit.text === '' && blank !== null ? { ...edit, start: edit.start - blank[0].length } : edit
}

/** Removes the lines that a stretch takes; a comment behind it stays on a line of its own. */
function removeLines(span: Span, text: string): TextEdit {
  const lineStart = text.lastIndexOf('\n', span.start - 1) + 1
  const lineEnd = endOfLine(text, span.end)
  const before = text.slice(lineStart, span.start).trim()
  const behind = text.slice(span.end, lineEnd).trim()
  if (before !== '' || behind !== '')
    return { start: span.start, end: lineEnd - text.slice(span.end, lineEnd).trimStart().length, text: '' }
  const lineBreak = text.startsWith('\r\n', lineEnd) ? 2 : 1
  return { start: lineStart, end: Math.min(lineEnd + lineBreak, text.length), text: '' }
}

/** The offset of the line break after an offset, or of the end of the text. */
function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from)
  if (at === -1) return text.length
  return text[at - 1] === '\r' && at - 1 >= from ? at - 1 : at
}

/** Comments between the elements of an array that is about to be replaced, put on lines above it. */
export function commentsInside(node: TomlNode, text: string): readonly TextEdit[] {
  if (node.kind !== 'array') return []
  const edges = [node.span.start, ...node.items.flatMap(({ span }) => [span.start, span.end]), node.span.end]
  const gaps = Array.from({ length: edges.length / 2 }, (_, index) =>
    text.slice(edges[2 * index], edges[2 * index + 1]),
  )
  const lineStart = text.lastIndexOf('\n', node.span.start) + 1
  return gaps
    .flatMap((gap) => gap.match(/#[^\r\n]*/g) ?? [])
    .map((comment) => ({ start: lineStart, end: lineStart, text: `${comment}\n` }))
}
