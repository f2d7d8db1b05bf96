// Sections → EntitySpec. Every name is looked up, every expression and statement compiled, every default filled in; what
// does not fit is reported. A spec always comes out, so that one mistake hides no other; the caller drops it on errors.
import { deletedStatus } from '@perdure/core'
import type { EntitySpec } from '@perdure/core'

import type { Located } from '../sections/located.ts'
import { checkUnique } from '../sections/read-name.ts'
import type { SpecSections } from '../sections/read-sections.ts'
import { requireState, requireStates } from './require-names.ts'
import { resolveAction } from './resolve-action.ts'
import {
  resolveIntegration,
  resolveKey,
  resolveStateTimeout,
  resolveWebhook,
} from './resolve-host-sections.ts'
import { resolveFieldInvariant, resolveInvariant, resolveLiveness } from './resolve-properties.ts'
import { resolveUpcast } from './resolve-upcast.ts'
import { resolveVariable } from './resolve-variable.ts'
import type { SpecContext } from './spec-context.ts'

/** Resolves the sections of one file. */
export function resolveSpec(sections: SpecSections, context: SpecContext): EntitySpec {
  checkUniqueNames(sections, context)
  const { automaton } = sections
  const version = automaton?.version?.value ?? 1
  const actions = sections.actions.map((section) => resolveAction(section, context))
  const emitted = new Set(
    actions.flatMap(({ effects }) =>
      effects.flatMap((effect) => (effect.kind === 'emit' ? effect.name : [])),
    ),
  )
  return {
    name: automaton?.name?.value ?? '',
    states: (automaton?.states?.value ?? []).map(({ value }) => value),
    initial: automaton?.initial === undefined ? '' : resolveInitial(automaton.initial, context),
    terminal: requireStates(automaton?.terminal, context),
    strictActionParams: automaton?.strict_action_params?.value ?? true,
    enforceInvariants: automaton?.enforce_invariants?.value ?? true,
    snapshotEvery: automaton?.snapshot_every?.value ?? 100,
    version,
    allowIndefiniteStates: requireStates(automaton?.allow_indefinite_states, context),
    variables: sections.states.map((section) => resolveVariable(section, context)),
    actions,
    invariants: sections.invariants.map((section) => resolveInvariant(section, context)),
    liveness: sections.liveness.map((section) => resolveLiveness(section, context)),
    fieldInvariants: sections.fieldInvariants.map((section) => resolveFieldInvariant(section, context)),
    stateTimeouts: sections.stateTimeouts.map((section) => resolveStateTimeout(section, sections, context)),
    integrations: sections.integrations.map((section) =>
      resolveIntegration(section, sections, emitted, context),
    ),
    webhooks: sections.webhooks.map((section) => resolveWebhook(section, context)),
    keys: sections.keys.map(resolveKey),
    upcasts: sections.upcasts
      .map((section) => resolveUpcast(section, sections, version, context))
      .toSorted((left, right) => left.fromVersion - right.fromVersion),
  }
}

function resolveInitial(initial: Located<string>, context: SpecContext): string {
  if (initial.value === deletedStatus) {
    const message = `an entity cannot begin in '${deletedStatus}', the tombstone`
    context.issues.report('invalid_value', initial.span, message, 'begin in a state that can do something')
  }
  return requireState(initial, context)
}

function checkUniqueNames(sections: SpecSections, { issues }: SpecContext): void {
  const { automaton } = sections
  const unique = (named: readonly { readonly name: Located<string> | undefined }[], what: string) =>
    checkUnique(
      named.flatMap(({ name }) => name ?? []),
      what,
      issues,
    )
  checkUnique(automaton?.terminal?.value ?? [], 'the state', issues)
  checkUnique(automaton?.allow_indefinite_states?.value ?? [], 'the state', issues)
  unique(sections.states, 'the variable')
  unique(sections.invariants, 'the invariant')
  unique(sections.liveness, 'the liveness property')
  unique(sections.fieldInvariants, 'the field invariant')
  unique(sections.integrations, 'the integration')
  unique(sections.webhooks, 'the webhook')
  unique(sections.keys, 'the key')
  const versions = sections.upcasts.flatMap(({ from_version: from }) => from ?? [])
  checkUnique(
    versions.map(({ value, span }) => ({ value: String(value), span })),
    'the upcast from version',
    issues,
  )
}
