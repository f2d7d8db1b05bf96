import type { JsonObject, JsonValue } from '@perdure/core'

import type { IssueList } from '../diagnostics/issue-list.ts'
import type { TableNode, TomlNode } from '../toml/toml-node.ts'
import { wrongType } from './read-keys.ts'

/** A TOML value as JSON; undefined, and reported, when it holds something JSON has not (a date, a number beyond 2^53, NaN). */
export function readJson(node: TomlNode, what: string, issues: IssueList): JsonValue | undefined {
  switch (node.kind) {
    case 'text':
    case 'number':
    case 'boolean':
      return node.value
    case 'array':
      return node.items.map((item) => readJson(item, what, issues) ?? null)
    case 'table':
      return readJsonTable(node, what, issues)
    case 'bigint':
      issues.report(
        'unsafe_integer',
        node.span,
        `${what} holds an integer beyond 2^53`,
        'write it as a string',
      )
      return undefined
    case 'date':
    case 'notFinite':
      return wrongType(node, what, 'a value that JSON can say', issues)
  }
}

/** A TOML table as a JSON object; keys such as `__proto__` are keys like any other. */
export function readJsonTable(table: TableNode, what: string, issues: IssueList): JsonObject {
  return Object.fromEntries(
    [...table.entries].map(([key, { value }]) => [key, readJson(value, what, issues) ?? null]),
  )
}
