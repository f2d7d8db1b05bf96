// Text → located TOML tree. The first stage of parseSpec: after it, size and depth are bounded and the syntax is valid.
import { parse, TomlError } from 'smol-toml'
import type { TomlTable, TomlValue } from 'smol-toml'

import type { IssueList } from './diagnostics/issue-list.ts'
import { limits } from './limits.ts'
import { locate } from './locate.ts'
import type { Place } from './locate.ts'
import type { Span } from './toml/span.ts'
import type { TableEntry, TableNode, TomlNode } from './toml/toml-node.ts'

/** Reads a document; undefined when it is too large, too deep or no TOML, which is reported. */
export function readToml(
  text: string,
  issues: IssueList,
  maxBytes: number = limits.fileBytes,
): TableNode | undefined {
  const bytes = Buffer.byteLength(text)
  if (bytes > maxBytes) {
    const message = `the file has ${bytes} bytes; at most ${maxBytes} are read`
    issues.report('file_too_large', { start: 0, end: 0 }, message, 'split it: one entity type a file')
    return undefined
  }
  const located = locate(text, limits.nesting)
  if (located.kind === 'tooDeep') {
    issues.report(
      'nesting_too_deep',
      located.span,
      `tables and arrays nest deeper than ${limits.nesting} levels`,
    )
    return undefined
  }
  const table = parseToml(text, issues)
  return table === undefined ? undefined : tableNode(table, located.root)
}

function parseToml(text: string, issues: IssueList): TomlTable | undefined {
  try {
    return parse(text, { integersAsBigInt: 'asNeeded' })
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const start = offsetOf(text, error.line, error.column)
    const reason = error.message.replace(/^Invalid TOML document: /, '').split('\n', 1)[0] ?? ''
    issues.report('toml_syntax', { start, end: Math.min(start + 1, text.length) }, `invalid TOML: ${reason}`)
    return undefined
  }
}

/** A value written as TOML inside a string; undefined when it is none. All of it stands at the place of the string. */
export function parseInlineToml(text: string, span: Span): TomlNode | undefined {
  try {
    const { value } = parse(`value = ${text}`, { integersAsBigInt: 'asNeeded', maxDepth: limits.nesting })
    return value === undefined ? undefined : toNode(value, { span, entries: new Map(), items: [] })
  } catch {
    return undefined
  }
}

function offsetOf(text: string, line: number, column: number): number {
  let start = 0
  for (let at = 1; at < line; at++) start = text.indexOf('\n', start) + 1
  return Math.min(start + column - 1, text.length)
}

function toNode(value: TomlValue, place: Place): TomlNode {
  const { span } = place
  switch (typeof value) {
    case 'string':
      return { kind: 'text', value, span }
    case 'boolean':
      return { kind: 'boolean', value, span }
    case 'number':
      return Number.isFinite(value) ? { kind: 'number', value: value + 0, span } : { kind: 'notFinite', span }
    case 'bigint':
      return { kind: 'bigint', span }
    default:
      if (Array.isArray(value)) {
        return {
          kind: 'array',
          items: value.map((item, index) => toNode(item, place.items[index] ?? place)),
          span,
        }
      }
      return isTable(value) ? tableNode(value, place) : { kind: 'date', span }
  }
}

function tableNode(table: TomlTable, place: Place): TableNode {
  const entries = new Map<string, TableEntry>()
  for (const [key, value] of Object.entries(table)) {
    const known = place.entries.get(key)
    const keySpan = known?.keySpan ?? place.span
    entries.set(key, { keySpan, value: toNode(value, known?.place ?? place) })
  }
  return { kind: 'table', entries, span: place.span }
}

/** smol-toml makes tables without a prototype; dates are objects of a class. */
function isTable(value: object): value is TomlTable {
  return Object.getPrototypeOf(value) === null
}
