// Older forms inside one `[[action]]`: guard, effect, params, triggers, and what is not executed at all.
import { removeEntry } from '../edit/table-edits.ts'
import type { TableNode, TomlNode } from '../toml/toml-node.ts'
import { rewriteCondition } from './condition-key.ts'
import { rewriteEffect } from './effect-key.ts'
import { textOf, withEntries } from './legacy-context.ts'
import type { LegacyContext } from './legacy-context.ts'
import { rewriteParams } from './params.ts'
import type { ActionParams } from './statements.ts'

const unsupportedKeys = ['sub_writes', 'cedar_gate', 'record_parent_event'] as const

/** Rewrites one action. */
export function rewriteAction(table: TableNode, context: LegacyContext): TableNode {
  const params: ActionParams = { names: paramNames(table), needs: new Map() }
  const supported = dropUnsupported(table, context)
  const guarded = rewriteCondition(supported, 'guard', context)
  return rewriteParams(rewriteEffect(takeTriggers(guarded, context), params, context), params, context)
}

function paramNames(table: TableNode): ReadonlySet<string> {
  const node = table.entries.get('params')?.value
  const items = node?.kind === 'array' ? node.items : []
  return new Set(
    items.flatMap((item) =>
      item.kind === 'text' ? item.value : item.kind === 'table' ? (textOf(item, 'name') ?? []) : [],
    ),
  )
}

/** Composite actions write to several entities at once, which is not executed here. */
function dropUnsupported(table: TableNode, { issues }: LegacyContext): TableNode {
  const changes = new Map<string, TomlNode | undefined>()
  for (const key of unsupportedKeys) {
    const entry = table.entries.get(key)
    if (entry === undefined) continue
    issues.report(
      'unsupported_section',
      entry.keySpan,
      `'${key}' of [[action]] is not executed by this version`,
    )
    changes.set(key, undefined)
  }
  const kind = table.entries.get('kind')?.value
  if (kind?.kind === 'text' && kind.value === 'Composite') {
    issues.report('unsupported_section', kind.span, 'composite actions are not executed by this version')
    changes.set('kind', undefined)
  }
  return withEntries(table, changes)
}

function takeTriggers(table: TableNode, context: LegacyContext): TableNode {
  const node = table.entries.get('triggers')?.value
  if (node === undefined) return table
  const action = textOf(table, 'name') ?? ''
  for (const item of node.kind === 'array' ? node.items : [node]) {
    if (item.kind === 'table')
      context.integrations.push({ action, name: textOf(item, 'name') ?? action, table: item })
  }
  context.edits.push(...removeEntry(table, 'triggers', context.text))
  return withEntries(table, new Map([['triggers', undefined]]))
}
