// The document as sections: which tables there are, each read by its own file. Reports what is no section of the language.
import { suggest } from '../diagnostics/did-you-mean.ts'
import type { IssueList } from '../diagnostics/issue-list.ts'
import { limits } from '../limits.ts'
import { describeNode } from '../toml/toml-node.ts'
import type { TableEntry, TableNode } from '../toml/toml-node.ts'
import { readAction } from './action.ts'
import type { ActionSection } from './action.ts'
import { automatonKeys, readAutomaton } from './automaton.ts'
import type { AutomatonSection } from './automaton.ts'
import { readIntegration } from './integration.ts'
import type { IntegrationSection } from './integration.ts'
import { readFieldInvariant, readInvariant } from './invariant.ts'
import type { FieldInvariantSection, InvariantSection } from './invariant.ts'
import { readKey } from './key.ts'
import type { KeySection } from './key.ts'
import { readLiveness } from './liveness.ts'
import type { LivenessSection } from './liveness.ts'
import { readStateTimeout } from './state-timeout.ts'
import type { StateTimeoutSection } from './state-timeout.ts'
import { readState } from './state.ts'
import type { StateSection } from './state.ts'
import { readUpcast } from './upcast.ts'
import type { UpcastSection } from './upcast.ts'
import { readWebhook } from './webhook.ts'
import type { WebhookSection } from './webhook.ts'

/** Every section of a file, as written. */
export interface SpecSections {
  readonly automaton: AutomatonSection | undefined
  readonly states: readonly StateSection[]
  readonly actions: readonly ActionSection[]
  readonly invariants: readonly InvariantSection[]
  readonly liveness: readonly LivenessSection[]
  readonly fieldInvariants: readonly FieldInvariantSection[]
  readonly stateTimeouts: readonly StateTimeoutSection[]
  readonly integrations: readonly IntegrationSection[]
  readonly webhooks: readonly WebhookSection[]
  readonly keys: readonly KeySection[]
  readonly upcasts: readonly UpcastSection[]
}

/** The sections that may be there many times, written `[[name]]`. */
const manySections = [
  'state',
  'action',
  'invariant',
  'liveness',
  'field_invariant',
  'state_timeout',
  'integration',
  'webhook',
  'key',
  'upcast',
] as const

/** Every section of the language. */
export const sectionNames: readonly string[] = ['automaton', ...manySections]

/** Sections of the older dialect that this version does not execute. */
const unsupportedSections: ReadonlySet<string> = new Set([
  'admission',
  'context_entity',
  'vector',
  'agent_trigger',
])

/** Sections that give away a file of another dialect altogether. */
const otherDialects: ReadonlySet<string> = new Set([
  'entity',
  'vars',
  'actions',
  'states',
  'property',
  'properties',
])

/** Reads every section of a document. */
export function readSections(root: TableNode, issues: IssueList): SpecSections {
  for (const [name, entry] of root.entries) checkSection(name, entry, issues)
  const many = (name: (typeof manySections)[number]) => tablesOf(root, name)
  const sections: SpecSections = {
    automaton: readOnlyAutomaton(root, issues),
    states: many('state').map((table) => readState(table, issues)),
    actions: many('action').map((table) => readAction(table, issues)),
    invariants: many('invariant').map((table) => readInvariant(table, issues)),
    liveness: many('liveness').map((table) => readLiveness(table, issues)),
    fieldInvariants: many('field_invariant').map((table) => readFieldInvariant(table, issues)),
    stateTimeouts: many('state_timeout').map((table) => readStateTimeout(table, issues)),
    integrations: many('integration').map((table) => readIntegration(table, issues)),
    webhooks: many('webhook').map((table) => readWebhook(table, issues)),
    keys: many('key').map((table) => readKey(table, issues)),
    upcasts: many('upcast').map((table) => readUpcast(table, issues)),
  }
  checkCounts(sections, issues)
  return sections
}

function checkSection(name: string, { keySpan, value }: TableEntry, issues: IssueList): void {
  if (name === 'automaton') return
  const isTable = value.kind === 'table'
  const isTables =
    value.kind === 'array' && value.items.length > 0 && value.items.every((item) => item.kind === 'table')
  if ((manySections as readonly string[]).includes(name)) {
    if (isTables || (value.kind === 'array' && value.items.length === 0)) return
    const message = `[[${name}]] is an array of tables, not ${describeNode(value)}`
    issues.report('wrong_type', isTable ? value.span : keySpan, message, `write [[${name}]]`)
  } else if (unsupportedSections.has(name)) {
    issues.report(
      'unsupported_section',
      keySpan,
      `'${name}' is not executed by this version`,
      'remove the section',
    )
  } else if (isTable || isTables) {
    const hint = otherDialects.has(name)
      ? 'this looks like another dialect; a spec has [automaton], [[state]], [[action]]'
      : suggest(name, sectionNames, 'the sections')
    issues.report('unknown_section', keySpan, `there is no section '${name}'`, hint)
  } else {
    const hint = Object.hasOwn(automatonKeys, name)
      ? 'write it under [automaton]'
      : suggest(name, sectionNames, 'the sections')
    issues.report('unknown_key', keySpan, `'${name}' stands outside of any section`, hint)
  }
}

function readOnlyAutomaton(root: TableNode, issues: IssueList): AutomatonSection | undefined {
  const entry = root.entries.get('automaton')
  if (entry === undefined) {
    const hint = 'it gives the name, the states and the initial state'
    issues.report('missing_section', root.span, 'a spec needs the section [automaton]', hint)
    return undefined
  }
  if (entry.value.kind === 'table') return readAutomaton(entry.value, issues)
  const message = `[automaton] is one table, not ${describeNode(entry.value)}`
  issues.report('wrong_type', entry.keySpan, message, 'write [automaton]')
  return undefined
}

function tablesOf(root: TableNode, name: string): readonly TableNode[] {
  const node = root.entries.get(name)?.value
  return node?.kind === 'array' ? node.items.filter((item) => item.kind === 'table') : []
}

function checkCounts({ states, actions }: SpecSections, issues: IssueList): void {
  const extraState = states[limits.variables]
  if (extraState !== undefined) {
    const message = `${states.length} variables; at most ${limits.variables} are allowed`
    issues.report('too_many_variables', extraState.table.span, message)
  }
  const extraRule = actions[limits.rules]
  if (extraRule !== undefined) {
    const message = `${actions.length} rules; at most ${limits.rules} are allowed`
    issues.report('too_many_rules', extraRule.table.span, message)
  }
}
