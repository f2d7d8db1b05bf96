// Reads one table by its key rules. Called by every section; guarantees that whatever it returns has the right type and
// that each key which is missing, unknown or wrong has been reported. It knows nothing of names in other tables.
import { suggest } from '../diagnostics/did-you-mean.ts'
import type { IssueList } from '../diagnostics/issue-list.ts'
import { describeNode } from '../toml/toml-node.ts'
import type { TableNode, TomlNode } from '../toml/toml-node.ts'
import type { KeyRule, RulesOf, ValuesOf } from './key-rule.ts'
import type { Located } from './located.ts'

/** Reads the keys of a table. `what` names the table in messages, such as `[[state]]`. */
export function readKeys<Types>(
  table: TableNode,
  rules: RulesOf<Types>,
  what: string,
  issues: IssueList,
): ValuesOf<Types> {
  for (const [key, { keySpan }] of table.entries) {
    if (Object.hasOwn(rules, key)) continue
    issues.report(
      'unknown_key',
      keySpan,
      `${what} has no key '${key}'`,
      suggest(key, Object.keys(rules), 'its keys'),
    )
  }
  const values = Object.entries<KeyRule>(rules).map(([key, rule]) => {
    const node = table.entries.get(key)?.value
    if (node !== undefined) return [key, readValue(node, rule, `'${key}' of ${what}`, issues)]
    if (rule.required) issues.report('missing_key', table.span, `${what} needs the key '${key}'`, rule.about)
    return [key, undefined]
  })
  return Object.fromEntries(values) as ValuesOf<Types>
}

function readValue(node: TomlNode, rule: KeyRule, what: string, issues: IssueList): unknown {
  switch (rule.type) {
    case 'text':
      return readText(node, rule, what, issues)
    case 'integer':
      return readInteger(node, rule, what, issues)
    case 'flag':
      if (node.kind === 'boolean') return node
      return wrongType(node, what, 'true or false', issues)
    case 'texts':
      return readTexts(node, rule.nonEmpty === true, what, issues)
    case 'table':
      return node.kind === 'table' ? node : wrongType(node, what, 'a table', issues)
    case 'custom':
      return node
  }
}

function readText(
  node: TomlNode,
  { oneOf, code = 'invalid_value' }: Extract<KeyRule, { type: 'text' }>,
  what: string,
  issues: IssueList,
): Located<string> | undefined {
  if (node.kind !== 'text') return wrongType(node, what, 'a string', issues)
  if (oneOf === undefined || oneOf.includes(node.value)) return node
  const message = `${what} cannot be '${node.value}'`
  issues.report(code, node.span, message, suggest(node.value, oneOf, 'it is one of'))
  return undefined
}

function readInteger(
  node: TomlNode,
  { minimum, code = 'invalid_value' }: Extract<KeyRule, { type: 'integer' }>,
  what: string,
  issues: IssueList,
): Located<number> | undefined {
  if (node.kind === 'bigint') {
    issues.report(
      'unsafe_integer',
      node.span,
      `${what} is beyond 2^53`,
      'use a number that JavaScript holds exactly',
    )
    return undefined
  }
  if (node.kind !== 'number' || !Number.isSafeInteger(node.value)) {
    return wrongType(node, what, 'an integer', issues)
  }
  if (node.value >= minimum) return node
  issues.report(code, node.span, `${what} is ${node.value}; it must be at least ${minimum}`)
  return undefined
}

function readTexts(
  node: TomlNode,
  nonEmpty: boolean,
  what: string,
  issues: IssueList,
): Located<readonly Located<string>[]> | undefined {
  if (node.kind !== 'array') return wrongType(node, what, 'an array of strings', issues)
  const texts: Located<string>[] = []
  for (const item of node.items) {
    if (item.kind === 'text') texts.push(item)
    else wrongType(item, `an element of ${what}`, 'a string', issues)
  }
  if (nonEmpty && node.items.length === 0) issues.report('invalid_value', node.span, `${what} is empty`)
  return { value: texts, span: node.span }
}

/** Reports a value of the wrong type, with how to write the right one where that is plain. */
export function wrongType(node: TomlNode, what: string, expected: string, issues: IssueList): undefined {
  issues.report(
    'wrong_type',
    node.span,
    `${what} must be ${expected}, not ${describeNode(node)}`,
    typeHint(node, expected),
  )
  return undefined
}

function typeHint(node: TomlNode, expected: string): string | undefined {
  switch (node.kind) {
    case 'text':
      if (expected === 'true or false' && /^(true|false)$/.test(node.value))
        return `write ${node.value} without quotes`
      if (expected === 'an integer' && /^-?\d+$/.test(node.value)) return `write ${node.value} without quotes`
      return expected === 'an array of strings' ? `write ["${node.value}"]` : undefined
    case 'number':
    case 'boolean':
      return expected === 'a string' ? `write "${node.value}"` : undefined
    case 'date':
      return 'write the date as a string'
    default:
      return undefined
  }
}
