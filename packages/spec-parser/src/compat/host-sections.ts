// Older integrations, triggers, webhooks and timeouts.
import { replaceEntry, removeEntry, replaceNode } from '../edit/table-edits.ts'
import { printLiteral } from '@perdure/core'
import { tomlKey, tomlNodeText, tomlString } from '../toml/toml-text.ts'
import type { TableEntry, TableNode, TomlNode } from '../toml/toml-node.ts'
import { modernGuard } from './conditions.ts'
import { reportLegacy, rewritten, textOf, withEntries } from './legacy-context.ts'
import type { LegacyContext, LegacyTrigger } from './legacy-context.ts'

const integrationTypes = ['handler', 'webhook', 'wasm']

/** Rewrites one `[[integration]]`: a type of any other word is a handler, and the word its module. */
export function rewriteIntegration(table: TableNode, context: LegacyContext): TableNode {
  const type = table.entries.get('type')?.value
  if (type?.kind !== 'text' || integrationTypes.includes(type.value)) return table
  const lines = [
    'type = "handler"',
    ...(table.entries.has('module') ? [] : [`module = ${tomlString(type.value)}`]),
  ]
  reportLegacy(context, type.span, `the type '${type.value}'`, lines.join(', '))
  context.edits.push(...replaceEntry(table, 'type', lines.join('\n'), context.text))
  const module = table.entries.get('module')?.value ?? rewritten(type.value, type.span)
  return withEntries(
    table,
    new Map([
      ['type', rewritten('handler', type.span)],
      ['module', module],
    ]),
  )
}

const lookups: Readonly<Record<string, string>> = {
  query_param: 'query',
  body_field: 'body',
  header: 'header',
  path_param: 'path',
}

/** Rewrites one `[[webhook]]`: `entity_lookup` and `entity_param` become `entity_id`. */
export function rewriteWebhook(table: TableNode, context: LegacyContext): TableNode {
  const lookup = table.entries.get('entity_lookup')
  const param = table.entries.get('entity_param')
  if (lookup === undefined && param === undefined) return table
  const place = lookup ?? param
  const source = lookups[textOf(table, 'entity_lookup') ?? 'query_param']
  const name = textOf(table, 'entity_param')
  if (place === undefined || source === undefined || name === undefined) return table
  const id = `${source}.${name}`
  reportLegacy(context, place.keySpan, "'entity_lookup' and 'entity_param'", `entity_id = ${tomlString(id)}`)
  const { text, edits } = context
  if (lookup !== undefined) edits.push(...removeEntry(table, 'entity_lookup', text))
  edits.push(...replaceEntry(table, 'entity_param', `entity_id = ${tomlString(id)}`, text))
  const changes = new Map([
    ['entity_lookup', undefined],
    ['entity_param', undefined],
    ['entity_id', rewritten(id, place.value.span)],
  ])
  return withEntries(table, changes)
}

/** Rewrites one `[[state_timeout]]`: `params` are `args` today. */
export function rewriteStateTimeout(table: TableNode, context: LegacyContext): TableNode {
  const params = table.entries.get('params')
  if (params === undefined || table.entries.has('args')) return table
  reportLegacy(context, params.keySpan, "'params' of [[state_timeout]]", 'args')
  context.edits.push(replaceNode({ span: params.keySpan }, 'args'))
  return withEntries(
    table,
    new Map([
      ['params', undefined],
      ['args', params.value],
    ]),
  )
}

const plainKeys: ReadonlySet<string> = new Set([
  'name',
  'kind',
  'adapter',
  'adapter_type',
  'hook',
  'guard',
  'to_state',
  'config',
])
const entityKeys = ['target_entity', 'target_action', 'resolve_target', 'params_from', 'principal'] as const

/**
 * The integrations that `[[action.triggers]]` stand for. Equal ones of several actions become one; others of one name
 * are told apart by the action. Where a trigger effect emits the name, it is listened to, else the action is.
 */
export function integrationsOf(context: LegacyContext): readonly TableNode[] {
  const groups = new Map<string, LegacyTrigger[]>()
  for (const trigger of context.integrations)
    groups.set(trigger.name, [...(groups.get(trigger.name) ?? []), trigger])
  return [...groups.values()].flatMap((group) => integrationsOfName(group, context))
}

function integrationsOfName(group: readonly LegacyTrigger[], context: LegacyContext): readonly TableNode[] {
  const [first] = group
  if (first === undefined) return []
  const bodies = group.map((trigger) => tomlNodeText(trigger.table, context.text))
  const areEqual = bodies.every((body) => body === bodies[0])
  const isEmitted = context.triggers.has(first.name)
  if (areEqual) {
    const triggers = isEmitted ? [first.name] : [...new Set(group.map(({ action }) => action))]
    return [integrationOf(first, first.name, triggers, context)]
  }
  return group.map((trigger) =>
    integrationOf(
      trigger,
      `${trigger.action}.${trigger.name}`,
      [isEmitted ? trigger.name : trigger.action],
      context,
    ),
  )
}

function integrationOf(
  { table }: LegacyTrigger,
  name: string,
  triggers: readonly string[],
  context: LegacyContext,
): TableNode {
  const { span } = table
  const kind = textOf(table, 'kind') ?? 'handler'
  const unsupported = entityKeys.find((key) => table.entries.has(key))
  if (kind === 'entity' || unsupported !== undefined) {
    context.issues.report(
      'unsupported_section',
      span,
      'a trigger that acts on another entity is not executed by this version',
      'use spawn, or an integration',
    )
  }
  const module =
    textOf(table, 'module') ??
    textOf(table, 'adapter') ??
    textOf(table, 'adapter_type') ??
    textOf(table, 'hook')
  const guard = triggerGuard(table, context)
  const list: TomlNode = { kind: 'array', items: triggers.map((trigger) => rewritten(trigger, span)), span }
  const entries = new Map<string, TableEntry>()
  const set = (key: string, value: TomlNode) =>
    entries.set(key, { keySpan: table.entries.get(key)?.keySpan ?? span, value })
  set('name', rewritten(name, span))
  set('trigger', triggers.length === 1 ? rewritten(triggers[0] ?? '', span) : list)
  set('type', rewritten(integrationTypes.includes(kind) ? kind : 'handler', span))
  if (module !== undefined) set('module', rewritten(module, span))
  if (guard !== undefined) set('guard', rewritten(guard, span))
  for (const [key, { value }] of table.entries) {
    if (!plainKeys.has(key) && key !== 'module' && !(entityKeys as readonly string[]).includes(key))
      set(key, value)
  }
  const config = table.entries.get('config')?.value
  if (config !== undefined) set('config', config)
  const modern: TableNode = { kind: 'table', entries, span }
  reportLegacy(
    context,
    span,
    '[[action.triggers]]',
    integrationText(modern, context.text).replaceAll('\n', '; '),
  )
  return modern
}

/** `to_state` and `guard` of a trigger, as one expression. */
function triggerGuard(table: TableNode, context: LegacyContext): string | undefined {
  const to = textOf(table, 'to_state')
  const node = table.entries.get('guard')?.value
  const guard =
    node === undefined ? undefined : node.kind === 'text' ? node.value : modernGuard(node, context)
  const status = to === undefined ? undefined : `status == ${printLiteral(to)}`
  if (status === undefined || guard === undefined) return status ?? guard
  return `${status} && (${guard})`
}

/** An integration as a section of its own. */
export function integrationText(table: TableNode, text: string): string {
  const lines = [...table.entries].map(([key, { value }]) => `${tomlKey(key)} = ${tomlNodeText(value, text)}`)
  return ['[[integration]]', ...lines].join('\n')
}
