// Older dialect → the language of today, on the located tree, before any section is read. Whatever it rewrites it reports
// as `legacy_form`, and records as edits of the text, so that loading and migrating a file cannot differ.
import type { IssueList } from '../diagnostics/issue-list.ts'
import { insertLine, replaceEntry } from '../edit/table-edits.ts'
import type { TextEdit } from '../edit/text-edits.ts'
import { actionKeys } from '../sections/action.ts'
import { automatonKeys } from '../sections/automaton.ts'
import { integrationKeys } from '../sections/integration.ts'
import { stateTimeoutKeys } from '../sections/state-timeout.ts'
import { stateKeys } from '../sections/state.ts'
import { tomlString, tomlValue } from '../toml/toml-text.ts'
import type { TableEntry, TableNode, TomlNode } from '../toml/toml-node.ts'
import { rewriteAction } from './action.ts'
import {
  integrationsOf,
  integrationText,
  rewriteIntegration,
  rewriteStateTimeout,
  rewriteWebhook,
} from './host-sections.ts'
import { rewritten, textOf, textsOf, withEntries } from './legacy-context.ts'
import type { LegacyContext } from './legacy-context.ts'
import { rewriteFieldInvariant, rewriteInvariant } from './properties.ts'
import { modernType, rewriteInitial, rewriteQuoted, rewriteType } from './scalars.ts'

/** A document in the language of today, and the edits that make its text so. */
export interface Modernized {
  readonly root: TableNode
  readonly edits: readonly TextEdit[]
}

/** Rewrites every older form of a document. `moreTerminal` are states to list as terminal besides. */
export function modernize(
  root: TableNode,
  text: string,
  issues: IssueList,
  moreTerminal: readonly string[] = [],
): Modernized {
  const context: LegacyContext = {
    text,
    issues,
    edits: [],
    variables: variableTypes(root),
    implicitVariables: new Map(),
    triggers: new Map(),
    integrations: [],
    terminal: new Set(moreTerminal),
  }
  const sections = rewriteSections(root, context)
  const finished = addTerminal(addIntegrations(addVariables(sections, context), context), context)
  checkTriggers(finished, context)
  return { root: finished, edits: context.edits }
}

function variableTypes(root: TableNode): ReadonlyMap<string, string> {
  return new Map(
    tablesOf(root, 'state').flatMap((table) => {
      const name = textOf(table, 'name')
      const type = textOf(table, 'type') ?? 'string'
      return name === undefined ? [] : [[name, modernType(type) ?? type]]
    }),
  )
}

function tablesOf(root: TableNode, section: string): readonly TableNode[] {
  const node = root.entries.get(section)?.value
  return node?.kind === 'array' ? node.items.filter((item) => item.kind === 'table') : []
}

function rewriteSections(root: TableNode, context: LegacyContext): TableNode {
  const liveness: TableNode[] = []
  const each = (
    section: string,
    rewrite: (table: TableNode) => readonly TableNode[],
  ): [string, TomlNode | undefined] => [section, mapTables(root.entries.get(section)?.value, rewrite)]
  const automaton = root.entries.get('automaton')?.value
  const changes = new Map<string, TomlNode | undefined>([
    ['automaton', automaton?.kind === 'table' ? rewriteAutomaton(automaton, context) : automaton],
    each('state', (table) => [
      rewriteInitial(rewriteType(rewriteQuoted(table, stateKeys, context), undefined, context), context),
    ]),
    each('action', (table) => [rewriteQuoted(rewriteAction(table, context), actionKeys, context)]),
    each('invariant', (table) => {
      const modern = rewriteInvariant(table, context)
      if (modern.kind === 'liveness') liveness.push(modern.table)
      return modern.kind === 'invariant' ? [modern.table] : []
    }),
    each('field_invariant', (table) => [rewriteFieldInvariant(table, context)]),
    each('state_timeout', (table) => [
      rewriteQuoted(rewriteStateTimeout(table, context), stateTimeoutKeys, context),
    ]),
    each('integration', (table) => [
      rewriteQuoted(rewriteIntegration(table, context), integrationKeys, context),
    ]),
    each('webhook', (table) => [rewriteWebhook(table, context)]),
  ])
  const present = new Map([...changes].filter(([section]) => root.entries.has(section)))
  const finished = appendTables(withEntries(root, present), 'liveness', liveness)
  return withEntries(finished, new Map([['liveness', inTextOrder(finished.entries.get('liveness')?.value)]]))
}

/** An ordering becomes a liveness property where it stands, perhaps before others. */
function inTextOrder(node: TomlNode | undefined): TomlNode | undefined {
  if (node?.kind !== 'array') return node
  return { ...node, items: node.items.toSorted((a, b) => a.span.start - b.span.start) }
}

function mapTables(
  node: TomlNode | undefined,
  rewrite: (table: TableNode) => readonly TableNode[],
): TomlNode | undefined {
  if (node?.kind !== 'array') return node
  return {
    ...node,
    items: node.items.flatMap((item): readonly TomlNode[] =>
      item.kind === 'table' ? rewrite(item) : [item],
    ),
  }
}

function appendTables(root: TableNode, section: string, tables: readonly TableNode[]): TableNode {
  const [first] = tables
  if (first === undefined) return root
  const node = root.entries.get(section)?.value
  const items = [...(node?.kind === 'array' ? node.items : []), ...tables]
  return withEntries(root, new Map([[section, { kind: 'array', items, span: node?.span ?? first.span }]]))
}

function rewriteAutomaton(table: TableNode, context: LegacyContext): TableNode {
  const timeouts = table.entries.get('timeouts')
  if (timeouts === undefined) return rewriteQuoted(table, automatonKeys, context)
  const message = '[automaton.timeouts] is not executed by this version'
  context.issues.report('unsupported_section', timeouts.keySpan, message, 'write [[state_timeout]]')
  return rewriteQuoted(withEntries(table, new Map([['timeouts', undefined]])), automatonKeys, context)
}

/** Declares the variables that only an older spawn names. */
function addVariables(root: TableNode, context: LegacyContext): TableNode {
  const tables = [...context.implicitVariables].map(([name, span]): TableNode => {
    const hint = `write [[state]] with name = ${tomlString(name)}`
    context.issues.report(
      'implicit_variable',
      span,
      `'${name}' is no variable; it is taken for a string`,
      hint,
    )
    append(context, `[[state]]\nname = ${tomlString(name)}`)
    const entry: TableEntry = { keySpan: span, value: rewritten(name, span) }
    return { kind: 'table', entries: new Map([['name', entry]]), span }
  })
  return appendTables(root, 'state', tables)
}

function addIntegrations(root: TableNode, context: LegacyContext): TableNode {
  const tables = integrationsOf(context)
  for (const table of tables) append(context, integrationText(table, context.text))
  return appendTables(root, 'integration', tables)
}

/** Puts a section at the end of the file. */
function append({ text, edits }: LegacyContext, section: string): void {
  const isFirst = !edits.some(({ start }) => start === text.length)
  const gap = isFirst && !text.endsWith('\n') ? '\n\n' : '\n'
  edits.push({ start: text.length, end: text.length, text: `${gap}${section}\n` })
}

function addTerminal(root: TableNode, context: LegacyContext): TableNode {
  const automaton = root.entries.get('automaton')?.value
  if (automaton?.kind !== 'table' || context.terminal.size === 0) return root
  const listed = textsOf(automaton, 'terminal')
  const added = [...context.terminal].filter((state) => !listed.includes(state))
  if (added.length === 0) return root
  const span = automaton.entries.get('terminal')?.value.span ?? automaton.span
  const before = automaton.entries.get('terminal')?.value
  const items = [
    ...(before?.kind === 'array' ? before.items : []),
    ...added.map((state) => rewritten(state, span)),
  ]
  const line = `terminal = ${tomlValue([...listed, ...added])}`
  context.edits.push(
    ...(before === undefined
      ? [insertLine(automaton, line, context.text)]
      : replaceEntry(automaton, 'terminal', line, context.text)),
  )
  const terminal: TomlNode = { kind: 'array', items, span }
  return withEntries(
    root,
    new Map([['automaton', withEntries(automaton, new Map([['terminal', terminal]]))]]),
  )
}

/** An older trigger that nothing listens to does no work. */
function checkTriggers(root: TableNode, { triggers, issues }: LegacyContext): void {
  const heard = new Set(tablesOf(root, 'integration').flatMap((table) => textsOf(table, 'trigger')))
  for (const [name, span] of triggers) {
    if (heard.has(name)) continue
    issues.report(
      'trigger_without_integration',
      span,
      `nothing listens to '${name}'`,
      `add an [[integration]] with trigger = ${tomlString(name)}`,
    )
  }
}
