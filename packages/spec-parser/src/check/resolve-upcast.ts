import type { JsonObject, UpcastSpec } from '@perdure/core'

import type { IssueCode } from '../diagnostics/codes.ts'
import { suggest } from '../diagnostics/did-you-mean.ts'
import type { Located } from '../sections/located.ts'
import { readJsonTable } from '../sections/read-json.ts'
import type { SpecSections } from '../sections/read-sections.ts'
import type { UpcastSection } from '../sections/upcast.ts'
import { checkDefaults, checkRenames } from './check-upcast.ts'
import { readStringTable } from './read-string-table.ts'
import type { SpecContext } from './spec-context.ts'

type RenameKey = 'rename_action' | 'rename_param' | 'rename_status' | 'rename_variable'

const codes: Readonly<Record<RenameKey, IssueCode>> = {
  rename_action: 'unknown_action',
  rename_param: 'unknown_variable',
  rename_status: 'unknown_state',
  rename_variable: 'unknown_variable',
}

/**
 * `[[upcast]]` → upcast. A new name must be one of this spec, or be renamed on by a later upcast; what a variable becomes may
 * be any field.
 */
export function resolveUpcast(
  section: UpcastSection,
  sections: SpecSections,
  specVersion: number,
  context: SpecContext,
): UpcastSpec {
  const { from_version: from } = section
  if (from !== undefined && from.value >= specVersion) {
    const hint = `raise 'version' in [automaton] above ${from.value}`
    context.issues.report('invalid_value', from.span, `the spec itself is of version ${specVersion}`, hint)
  }
  const renames = (key: RenameKey) => {
    const known = namesAfter(key, from?.value ?? 0, sections, context)
    return readStringTable(section[key], `'${key}' of [[upcast]]`, context, (name) =>
      requireName(name, known, codes[key], context),
    )
  }
  checkRenames(section, context)
  return {
    fromVersion: from?.value ?? 1,
    renameAction: renames('rename_action'),
    renameParam: renames('rename_param'),
    renameStatus: renames('rename_status'),
    renameVariable: renames('rename_variable'),
    defaultParam: resolveDefaults(section, sections, context),
  }
}

function resolveDefaults(
  { default_param: table, from_version: from }: UpcastSection,
  sections: SpecSections,
  context: SpecContext,
): JsonObject {
  if (table?.kind !== 'table') return {}
  const defaults = readJsonTable(table, "'default_param' of [[upcast]]", context.issues)
  checkDefaults(table, defaults, sections, from?.value ?? 0, context)
  return defaults
}

function requireName(
  name: Located<string>,
  known: ReadonlySet<string>,
  code: IssueCode,
  { issues }: SpecContext,
): void {
  if (known.has(name.value)) return
  issues.report(
    code,
    name.span,
    `nothing is called '${name.value}' today`,
    suggest(name.value, known, 'there are'),
  )
}

/** The names of a kind as they are after a version: today's, and those that later upcasts still rename. */
function namesAfter(
  key: RenameKey,
  version: number,
  sections: SpecSections,
  { names }: SpecContext,
): ReadonlySet<string> {
  const later = sections.upcasts.flatMap((upcast) => {
    const table = upcast[key]
    return (upcast.from_version?.value ?? 0) > version && table?.kind === 'table'
      ? [...table.entries.keys()]
      : []
  })
  return new Set([...namesToday(key, sections, names), ...later])
}

function namesToday(
  key: RenameKey,
  { actions }: SpecSections,
  names: SpecContext['names'],
): Iterable<string> {
  switch (key) {
    case 'rename_action':
      return names.actions
    case 'rename_status':
      return names.states
    case 'rename_variable':
      return [...names.variables.keys(), ...names.fields.keys()]
    case 'rename_param':
      return actions.flatMap(({ params }) => params.flatMap(({ name }) => name?.value ?? []))
  }
}
