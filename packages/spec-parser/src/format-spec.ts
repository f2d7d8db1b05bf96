// The layout of a spec file: one blank line between sections, `key = value`, no trailing blanks. Touches nothing inside a
// value but the blanks at the ends of an array's lines, and no comment.
import { IssueList } from './diagnostics/issue-list.ts'
import { isUnderHeader } from './edit/table-edits.ts'
import { applyEdits } from './edit/text-edits.ts'
import type { TextEdit } from './edit/text-edits.ts'
import { readToml } from './read-toml.ts'
import type { Span } from './toml/span.ts'
import type { TableNode, TomlNode } from './toml/toml-node.ts'

/** Formats the text of a spec; one that is no TOML comes back as it is. Formatting twice changes nothing more. */
export function formatSpec(text: string): string {
  const root = readToml(text, new IssueList({ text }))
  if (root === undefined) return text
  const spaced = applyEdits(text, spacingEdits(root, text))
  const again = readToml(spaced, new IssueList({ text: spaced }))
  return again === undefined ? text : layOutLines(spaced, again)
}

/** One blank on either side of each `=`, and none before a key at the start of a line. */
function spacingEdits(table: TableNode, text: string): readonly TextEdit[] {
  return [...table.entries.values()].flatMap((entry) => {
    const { keySpan, value } = entry
    const inner = innerTables(value).flatMap((node) => spacingEdits(node, text))
    if (isUnderHeader(entry)) return inner
    const gap = { start: keySpan.end, end: value.span.start }
    const isGap = /^[ \t]*=[ \t]*$/.test(text.slice(gap.start, gap.end))
    return isGap ? [{ ...gap, text: ' = ' }, ...inner] : inner
  })
}

function innerTables(node: TomlNode): readonly TableNode[] {
  if (node.kind === 'table') return [node]
  return node.kind === 'array' ? node.items.flatMap(innerTables) : []
}

function layOutLines(text: string, root: TableNode): string {
  const isInString = covers(multilineSpans(root, text, ({ kind }) => kind === 'text'))
  const isInValue = covers(multilineSpans(root, text, () => true))
  const lines: string[] = []
  let offset = 0
  for (const line of text.split('\n')) {
    const end = offset + line.length
    const kept = isInString(end) ? line : line.trimEnd()
    const isTop = !isInValue(offset)
    pushLine(lines, isTop ? kept.trimStart() : kept, isTop)
    offset = end + 1
  }
  while (lines.at(-1) === '') lines.pop()
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

/** Adds a line; above a header, and the comments that stand right on it, there is one blank line. */
function pushLine(lines: string[], line: string, isTop: boolean): void {
  if (isTop && line === '' && (lines.length === 0 || lines.at(-1) === '')) return
  if (isTop && line.startsWith('[')) {
    let at = lines.length
    while (at > 0 && lines[at - 1]?.startsWith('#') === true) at--
    if (at > 0 && lines[at - 1] !== '') lines.splice(at, 0, '')
  }
  lines.push(line)
}

/** Values that take several lines, the outermost of them only, in order. */
function multilineSpans(
  node: TomlNode,
  text: string,
  isWanted: (node: TomlNode) => boolean,
): readonly Span[] {
  const { start, end } = node.span
  const isInline = node.kind !== 'table' || text[start] === '{'
  if (isInline && isWanted(node) && text.slice(start, end).includes('\n')) return [node.span]
  const children =
    node.kind === 'array'
      ? node.items
      : node.kind === 'table'
        ? Array.from(node.entries.values(), ({ value }) => value)
        : []
  return children.flatMap((child) => multilineSpans(child, text, isWanted)).sort((a, b) => a.start - b.start)
}

/** Whether an offset lies inside one of the spans, which do not overlap. */
function covers(spans: readonly Span[]): (offset: number) => boolean {
  return (offset) => {
    let low = 0
    let high = spans.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((spans[middle]?.start ?? 0) < offset) low = middle + 1
      else high = middle
    }
    const span = spans[low - 1]
    return span !== undefined && offset < span.end
  }
}
