// Says where in a TOML text each key and value stands; smol-toml, which reads the values, keeps no positions of valid
// ones. One linear pass. It trusts the text to be valid and stops where it is not: the real parser reports the error.
import { parse } from 'smol-toml'

import { endOfString } from './toml/scan-string.ts'
import type { Span } from './toml/span.ts'

/** Where one value stands; mirrors the shape of the value. */
export interface Place {
  /** The value's own text; of a table with a header, its header; of a table made by dotted keys, the first of them. */
  readonly span: Span
  /** Of a table. */
  readonly entries: Map<string, { readonly keySpan: Span; readonly place: Place }>
  /** Of an array. */
  readonly items: Place[]
}

/** The places of a document, or the spot where it nests deeper than allowed. */
export type LocateResult =
  { readonly kind: 'located'; readonly root: Place } | { readonly kind: 'tooDeep'; readonly span: Span }

interface Cursor {
  readonly text: string
  at: number
  readonly maxDepth: number
}

interface KeyPart {
  readonly name: string
  readonly span: Span
}

/** Thrown inside this file only: the text is not TOML, or nests too deep. */
class Stop extends Error {
  readonly tooDeep: boolean
  constructor(tooDeep: boolean) {
    super()
    this.tooDeep = tooDeep
  }
}

/** Locates every key and value of a TOML text. Depth counts tables, dotted keys and arrays alike. */
export function locate(text: string, maxDepth: number): LocateResult {
  const cursor: Cursor = { text, at: 0, maxDepth }
  const root = placeAt({ start: 0, end: 0 })
  try {
    scanDocument(cursor, root)
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    if (error.tooDeep) return { kind: 'tooDeep', span: { start: cursor.at, end: cursor.at + 1 } }
  }
  return { kind: 'located', root }
}

function placeAt(span: Span): Place {
  return { span, entries: new Map(), items: [] }
}

function scanDocument(cursor: Cursor, root: Place): void {
  let table = root
  let depth = 0
  for (skipBlank(cursor); cursor.at < cursor.text.length; skipBlank(cursor)) {
    if (cursor.text[cursor.at] !== '[') {
      scanEntry(cursor, table, depth)
      continue
    }
    const header = scanHeader(cursor)
    table = header.isArray
      ? pushTable(root, header.parts, header.span)
      : openTable(root, header.parts, header.span)
    depth = header.parts.length
  }
}

function scanHeader(cursor: Cursor): { parts: readonly KeyPart[]; isArray: boolean; span: Span } {
  const start = cursor.at
  const isArray = cursor.text[start + 1] === '['
  cursor.at += isArray ? 2 : 1
  const parts = scanKey(cursor, 0)
  expect(cursor, ']')
  if (isArray) expect(cursor, ']')
  return { parts, isArray, span: { start, end: cursor.at } }
}

/** The table that a header opens, made with everything above it where that is not there yet. */
function openTable(root: Place, parts: readonly KeyPart[], header: Span): Place {
  let table = root
  for (const part of parts) table = descend(table, part, header)
  return table
}

function pushTable(root: Place, parts: readonly KeyPart[], header: Span): Place {
  const last = parts.at(-1)
  if (last === undefined) throw new Stop(false)
  const parent = openTable(root, parts.slice(0, -1), header)
  let entry = parent.entries.get(last.name)
  if (entry === undefined) {
    entry = { keySpan: last.span, place: placeAt(header) }
    parent.entries.set(last.name, entry)
  }
  const item = placeAt(header)
  entry.place.items.push(item)
  return item
}

/** The child table of this name; of an array of tables, its newest. */
function descend(table: Place, part: KeyPart, header: Span): Place {
  const known = table.entries.get(part.name)?.place
  if (known !== undefined) return known.items.at(-1) ?? known
  const place = placeAt(header)
  table.entries.set(part.name, { keySpan: part.span, place })
  return place
}

function scanEntry(cursor: Cursor, table: Place, depth: number): void {
  const parts = scanKey(cursor, depth)
  const last = parts.at(-1)
  if (last === undefined) throw new Stop(false)
  expect(cursor, '=')
  skipSpaces(cursor)
  const place = scanValue(cursor, depth + parts.length)
  const whole = { start: parts[0]?.span.start ?? 0, end: cursor.at }
  let parent = table
  for (const part of parts.slice(0, -1)) parent = descend(parent, part, whole)
  parent.entries.set(last.name, { keySpan: last.span, place })
}

/** A bare, quoted or dotted key. */
function scanKey(cursor: Cursor, depth: number): readonly KeyPart[] {
  const parts: KeyPart[] = []
  do {
    if (parts.length > 0) cursor.at++
    skipSpaces(cursor)
    if (depth + parts.length >= cursor.maxDepth) throw new Stop(true)
    parts.push(scanKeyPart(cursor))
    skipSpaces(cursor)
  } while (cursor.text[cursor.at] === '.')
  return parts
}

function scanKeyPart(cursor: Cursor): KeyPart {
  const start = cursor.at
  const quote = cursor.text[start]
  if (quote === '"' || quote === "'") {
    skipString(cursor)
    return { name: keyName(cursor.text.slice(start, cursor.at)), span: { start, end: cursor.at } }
  }
  while (/[A-Za-z0-9_-]/.test(cursor.text[cursor.at] ?? '')) cursor.at++
  if (cursor.at === start) throw new Stop(false)
  return { name: cursor.text.slice(start, cursor.at), span: { start, end: cursor.at } }
}

function keyName(quoted: string): string {
  if (quoted[0] === "'" || !quoted.includes('\\')) return quoted.slice(1, -1)
  try {
    const { key } = parse(`key = ${quoted}`)
    return typeof key === 'string' ? key : quoted
  } catch {
    throw new Stop(false)
  }
}

function scanValue(cursor: Cursor, depth: number): Place {
  if (depth > cursor.maxDepth) throw new Stop(true)
  const start = cursor.at
  switch (cursor.text[start]) {
    case '"':
    case "'":
      skipString(cursor)
      return placeAt({ start, end: cursor.at })
    case '[':
      return scanArray(cursor, depth)
    case '{':
      return scanInlineTable(cursor, depth)
    default:
      skipBareValue(cursor)
      return placeAt({ start, end: cursor.at })
  }
}

function scanArray(cursor: Cursor, depth: number): Place {
  const start = cursor.at++
  const items: Place[] = []
  for (skipBlank(cursor); cursor.text[cursor.at] !== ']'; skipBlank(cursor)) {
    items.push(scanValue(cursor, depth + 1))
    skipBlank(cursor)
    if (cursor.text[cursor.at] === ',') cursor.at++
    else if (cursor.text[cursor.at] !== ']') throw new Stop(false)
  }
  cursor.at++
  return { span: { start, end: cursor.at }, entries: new Map(), items }
}

function scanInlineTable(cursor: Cursor, depth: number): Place {
  const start = cursor.at++
  const place = placeAt({ start, end: start })
  for (skipBlank(cursor); cursor.text[cursor.at] !== '}'; skipBlank(cursor)) {
    scanEntry(cursor, place, depth)
    skipBlank(cursor)
    if (cursor.text[cursor.at] === ',') cursor.at++
    else if (cursor.text[cursor.at] !== '}') throw new Stop(false)
  }
  cursor.at++
  return { ...place, span: { start, end: cursor.at } }
}

/** Numbers, booleans and dates; a date may hold one space. */
function skipBareValue(cursor: Cursor): void {
  const start = cursor.at
  const bare = /[^\s,\]}#]/y
  for (bare.lastIndex = cursor.at; bare.test(cursor.text); bare.lastIndex = cursor.at) cursor.at++
  if (
    /^\d{4}-\d\d-\d\d$/.test(cursor.text.slice(start, cursor.at)) &&
    /^ \d\d:/.test(cursor.text.slice(cursor.at, cursor.at + 4))
  ) {
    cursor.at++
    skipBareValue(cursor)
  }
  if (cursor.at === start) throw new Stop(false)
}

function skipString(cursor: Cursor): void {
  const end = endOfString(cursor.text, cursor.at)
  if (end === undefined) throw new Stop(false)
  cursor.at = end
}

function skipSpaces(cursor: Cursor): void {
  while (cursor.text[cursor.at] === ' ' || cursor.text[cursor.at] === '\t') cursor.at++
}

/** Spaces, line ends and comments. */
function skipBlank(cursor: Cursor): void {
  for (;;) {
    const char = cursor.text[cursor.at]
    if (char === '#') {
      const end = cursor.text.indexOf('\n', cursor.at)
      cursor.at = end === -1 ? cursor.text.length : end
    } else if (char === ' ' || char === '\t' || char === '\n' || char === '\r') cursor.at++
    else return
  }
}

function expect(cursor: Cursor, char: string): void {
  skipSpaces(cursor)
  if (cursor.text[cursor.at] !== char) throw new Stop(false)
  cursor.at++
}
