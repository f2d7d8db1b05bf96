import type { FieldInvariantSpec, InvariantSpec, LivenessSpec } from '@perdure/core'

import type { FieldInvariantSection, InvariantSection } from '../sections/invariant.ts'
import type { LivenessSection } from '../sections/liveness.ts'
import { compileCondition } from './compile-text.ts'
import { fieldScope, invariantScope } from './guard-scope.ts'
import { requireStates } from './require-names.ts'
import type { SpecContext } from './spec-context.ts'

const missing = { kind: 'literal', value: true } as const

/** `[[invariant]]` → invariant. */
export function resolveInvariant(
  { name, assert, when }: InvariantSection,
  context: SpecContext,
): InvariantSpec {
  return {
    name: name?.value ?? '',
    assert: assert === undefined ? missing : compileCondition(assert, invariantScope(context.names), context),
    ...(when === undefined ? {} : { when: requireStates(when, context) }),
  }
}

/** `[[field_invariant]]` → field invariant. */
export function resolveFieldInvariant(
  section: FieldInvariantSection,
  context: SpecContext,
): FieldInvariantSpec {
  const { name, assert, message } = section
  return {
    name: name?.value ?? '',
    assert: assert === undefined ? missing : compileCondition(assert, fieldScope(context.names), context),
    ...(message === undefined ? {} : { message: message.value }),
  }
}

/** `[[liveness]]` → liveness property. */
export function resolveLiveness(section: LivenessSection, context: SpecContext): LivenessSpec {
  return {
    name: section.name?.value ?? '',
    from: requireStates(section.from, context),
    ...(section.reaches === undefined ? {} : { reaches: requireStates(section.reaches, context) }),
    ...(section.has_actions === undefined ? {} : { hasActions: section.has_actions.value }),
    ...(section.preceded_by === undefined ? {} : { precededBy: requireStates(section.preceded_by, context) }),
  }
}
