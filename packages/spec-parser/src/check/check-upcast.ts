// What an upcast says beside the names it leads to: the names it leads from, and the defaults. Called by resolveUpcast.
import { deletedStatus, isReservedActionName, isReservedFieldName } from '@perdure/core'
import type { JsonObject } from '@perdure/core'

import { suggest } from '../diagnostics/did-you-mean.ts'
import type { SpecSections } from '../sections/read-sections.ts'
import type { UpcastSection } from '../sections/upcast.ts'
import type { TableNode, TomlNode } from '../toml/toml-node.ts'
import { assignFault } from './assignable.ts'
import { paramType } from './names.ts'
import type { SpecContext } from './spec-context.ts'

/** Reports renames of what is not the author's to rename, and two variables that would become one. */
export function checkRenames(section: UpcastSection, { issues }: SpecContext): void {
  const reserved = (node: TomlNode | undefined, isReserved: (name: string) => boolean, hint: string) => {
    for (const [name, { keySpan }] of entriesOf(node))
      if (isReserved(name)) issues.report('reserved_name', keySpan, `'${name}' cannot be renamed`, hint)
  }
  reserved(section.rename_action, isReservedActionName, 'events of this name are not of the spec')
  reserved(section.rename_param, isReservedFieldName, 'no param ever had this name')
  reserved(section.rename_variable, isReservedFieldName, 'no variable ever had this name')
  const isTombstone = (name: string): boolean => name === deletedStatus
  reserved(section.rename_status, isTombstone, 'an entity that has ended stays ended')
  for (const [, { value }] of entriesOf(section.rename_status)) {
    if (value.kind !== 'text' || !isTombstone(value.value)) continue
    const hint = 'storage knows which entities have ended, and no rename ends one'
    issues.report('reserved_name', value.span, `no status can become '${deletedStatus}'`, hint)
  }
  const targets = new Set<string>()
  for (const [name, { value }] of entriesOf(section.rename_variable)) {
    if (value.kind !== 'text') continue
    if (targets.has(value.value))
      issues.report(
        'duplicate_name',
        value.span,
        `'${name}' and another variable would both become '${value.value}'`,
        'an entity has both, and one value cannot be two',
      )
    targets.add(value.value)
  }
}

/** Reports defaults of params that no action takes today, under that name or renamed on, and values they would refuse. */
export function checkDefaults(
  table: TableNode,
  defaults: JsonObject,
  sections: SpecSections,
  version: number,
  { issues, names }: SpecContext,
): void {
  const params = sections.actions.flatMap((action) => action.params)
  const known = new Set(params.flatMap(({ name }) => name?.value ?? []))
  for (const [name, { keySpan, value }] of table.entries) {
    const today = paramToday(name, sections, version)
    const declared = params.filter((param) => param.name?.value === today)
    if (declared.length === 0) {
      const hint = suggest(name, known, 'there are')
      issues.report('unknown_variable', keySpan, `no action takes the param '${name}' today`, hint)
      continue
    }
    const given = defaults[name] ?? null
    const faults = declared.map((param) =>
      given === null ? undefined : assignFault(paramType(param, names.variables), { literal: given }),
    )
    if (faults.includes(undefined)) continue
    issues.report('type_mismatch', value.span, `the default of '${name}' does not fit it: ${faults[0] ?? ''}`)
  }
}

/** What a param, named as after a version, is called today. */
function paramToday(name: string, { upcasts }: SpecSections, version: number): string {
  const later = upcasts
    .filter((upcast) => (upcast.from_version?.value ?? 0) > version)
    .toSorted((left, right) => (left.from_version?.value ?? 0) - (right.from_version?.value ?? 0))
  return later.reduce((today, { rename_param: table }) => {
    const renamed = table?.kind === 'table' ? table.entries.get(today)?.value : undefined
    return renamed?.kind === 'text' ? renamed.value : today
  }, name)
}

function entriesOf(node: TomlNode | undefined): TableNode['entries'] {
  return node?.kind === 'table' ? node.entries : new Map()
}
