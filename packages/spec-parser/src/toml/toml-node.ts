// A TOML document with places: what the sections read. Tables are Maps, so a key called __proto__ is a key like any other.
import type { Span } from './span.ts'

/** One value of the document with the stretch of text it was written in. */
export type TomlNode = ScalarNode | ArrayNode | TableNode

/** A string, a number, a boolean, or what a spec has no use for (a date, a number that is no safe integer, NaN). */
type ScalarNode =
  | TextNode
  | { readonly kind: 'number'; readonly value: number; readonly span: Span }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly span: Span }
  | { readonly kind: 'date' | 'bigint' | 'notFinite'; readonly span: Span }

/** A string. Its span includes the quotes. */
export interface TextNode {
  readonly kind: 'text'
  readonly value: string
  readonly span: Span
  /** The value stands for an older form that was written there, so no place inside it is known. */
  readonly isRewritten?: true
}

/** An array, also one of tables written `[[name]]`. */
interface ArrayNode {
  readonly kind: 'array'
  readonly items: readonly TomlNode[]
  readonly span: Span
}

/** A table. The span of one that has a header is its header. */
export interface TableNode {
  readonly kind: 'table'
  readonly entries: ReadonlyMap<string, TableEntry>
  readonly span: Span
}

/** One key of a table with its value. */
export interface TableEntry {
  readonly keySpan: Span
  readonly value: TomlNode
}

const words: Readonly<Record<TomlNode['kind'], string>> = {
  text: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  date: 'a date',
  bigint: 'an integer beyond 2^53',
  notFinite: 'a number that is not finite',
  array: 'an array',
  table: 'a table',
}

/** What a node is, for messages: `a string`, `a table`. */
export function describeNode(node: TomlNode): string {
  return words[node.kind]
}
