// Older invariants: asserts that are no expressions, and field invariants as tables.
import {
  insertLine,
  isUnderHeader,
  removeEntry,
  removeNode,
  replaceEntry,
  replaceNode,
} from '../edit/table-edits.ts'
import type { Span } from '../toml/span.ts'
import { tomlString, tomlValue } from '../toml/toml-text.ts'
import type { TableNode, TomlNode } from '../toml/toml-node.ts'
import { rewriteCondition } from './condition-key.ts'
import { modernPredicate } from './conditions.ts'
import { reportLegacy, rewritten, textOf, textsOf, withEntries } from './legacy-context.ts'
import type { LegacyContext } from './legacy-context.ts'

/** What an older invariant turns out to be. */
export type ModernInvariant =
  | { readonly kind: 'invariant' | 'liveness'; readonly table: TableNode }
  /** It has become part of `terminal`. */
  | { readonly kind: 'gone' }

const orderingPattern = /^\s*ordering\(\s*'?([\w-]+)'?\s*,\s*'?([\w-]+)'?\s*\)\s*$/

/** Rewrites one invariant. */
export function rewriteInvariant(table: TableNode, context: LegacyContext): ModernInvariant {
  const assert = table.entries.get('assert')?.value
  if (assert?.kind === 'text') {
    if (
      assert.value.trim() === 'no_further_transitions' &&
      !context.variables.has('no_further_transitions')
    ) {
      return makeTerminal(table, assert.span, context)
    }
    const [, before, after] = orderingPattern.exec(assert.value) ?? []
    if (before !== undefined && after !== undefined)
      return makeOrdering(table, assert.span, before, after, context)
  }
  return { kind: 'invariant', table: rewriteCondition(table, 'assert', context) }
}

function makeTerminal(table: TableNode, span: Span, context: LegacyContext): ModernInvariant {
  const states = textsOf(table, 'when')
  if (states.length === 0) {
    context.issues.report(
      'missing_key',
      table.span,
      "'no_further_transitions' needs 'when': the states that are final",
    )
  }
  for (const state of states) context.terminal.add(state)
  reportLegacy(context, span, "'no_further_transitions'", `terminal = ${tomlValue(states)} in [automaton]`)
  context.edits.push(...removeNode(table, context.text))
  return { kind: 'gone' }
}

function makeOrdering(
  table: TableNode,
  span: Span,
  before: string,
  after: string,
  context: LegacyContext,
): ModernInvariant {
  const lines = [`from = ${tomlValue([after])}`, `preceded_by = ${tomlValue([before])}`]
  reportLegacy(context, span, 'an ordering as an invariant', `[[liveness]] with ${lines.join(', ')}`)
  const header = context.text.slice(table.span.start, table.span.end).replace('invariant', 'liveness')
  context.edits.push(
    replaceNode(table, header),
    ...removeEntry(table, 'when', context.text),
    ...replaceEntry(table, 'assert', lines.join('\n'), context.text),
  )
  const state = (name: string): TomlNode => ({ kind: 'array', items: [rewritten(name, span)], span })
  const changes = new Map([
    ['assert', undefined],
    ['when', undefined],
    ['from', state(after)],
    ['preceded_by', state(before)],
  ])
  return { kind: 'liveness', table: withEntries(table, changes) }
}

/** Rewrites a field invariant with `when` and `require` into one with `assert`. */
export function rewriteFieldInvariant(table: TableNode, context: LegacyContext): TableNode {
  const when = table.entries.get('when')
  const require = table.entries.get('require')
  if (require === undefined) return rewriteCondition(table, 'assert', context)
  const [left, right] = [when?.value, require.value].map((node) =>
    node === undefined ? undefined : modernPredicate(node, context),
  )
  const assert =
    right === undefined ? 'true' : left === undefined ? right : `${bracket(left)} => ${bracket(right)}`
  const modern = assert.replaceAll(/\(\(([^()]*)\)\)/g, '($1)')
  const name = textOf(table, 'name') ?? ''
  reportLegacy(
    context,
    require.keySpan,
    `'when' and 'require' of '${name}'`,
    `assert = ${tomlString(modern)}`,
  )
  const { text } = context
  if (when !== undefined) context.edits.push(...removeEntry(table, 'when', text))
  const line = `assert = ${tomlString(modern)}`
  if (isUnderHeader(require)) {
    const rest = withEntries(
      table,
      new Map([
        ['when', undefined],
        ['require', undefined],
      ]),
    )
    context.edits.push(...removeEntry(table, 'require', text), insertLine(rest, line, text))
  } else context.edits.push(...replaceEntry(table, 'require', line, text))
  const changes = new Map([
    ['when', undefined],
    ['require', undefined],
    ['assert', rewritten(modern, require.keySpan)],
  ])
  return withEntries(table, changes)
}

/** `a => b => c` means something else than `(a => b) => c`. */
function bracket(expression: string): string {
  return expression.includes('=>') ? `(${expression})` : expression
}
