// Spec → model. Called once a spec by whoever runs it; trusts that spec-parser has checked names and types.
import { fieldPolicies, defaultInlineMaxBytes } from '../fields/field-policy.ts'
import { hashContent } from '../fields/content-hash.ts'
import { canonicalJson } from '../json/canonical-json.ts'
import type { JsonValue } from '../json/json-value.ts'
import { defaultLimits } from '../json/limits.ts'
import type { Limits } from '../json/limits.ts'
import type { EntitySpec } from '../spec/entity-spec.ts'
import type { FieldInvariantSpec, InvariantSpec } from '../spec/invariant.ts'
import { deletedStatus } from '../spec/reserved-names.ts'
import { compileUpcasts } from '../upcast/upcast-model.ts'
import type { UpcastHook } from '../upcast/upcast-model.ts'
import type { AssertionModel, EntityModel } from './entity-model.ts'
import { compileTest } from './evaluate-expression.ts'
import { buildTransitionTable } from './transition-table.ts'

/** What a host may set for every entity type. */
export interface ModelOptions {
  /** Ceiling of fields whose spec sets none, in UTF-8 bytes of canonical JSON. @defaultValue 131072 */
  readonly inlineMaxBytes?: number
  readonly limits?: Partial<Limits>
  /** How older events read today, after the `[[upcast]]` tables of the spec. */
  readonly upcast?: UpcastHook
}

/** Compiles a checked spec. Pure: the same spec gives the same hash and the same behaviour. */
export function compileModel(spec: EntitySpec, options: ModelOptions = {}): EntityModel {
  const terminal = new Set([...spec.terminal, deletedStatus])
  return {
    spec,
    name: spec.name,
    specHash: hashContent(canonicalJson(spec as unknown as JsonValue)).slice(0, 32),
    terminal,
    variables: new Map(spec.variables.map((variable) => [variable.name, variable])),
    actions: buildTransitionTable(spec.actions, spec.states, terminal),
    invariants: spec.invariants.map(compileAssertion),
    fieldInvariants: spec.fieldInvariants.map(compileAssertion),
    policies: fieldPolicies(spec.variables, options.inlineMaxBytes ?? defaultInlineMaxBytes),
    upcasts: compileUpcasts(spec, options.upcast),
    limits: { ...defaultLimits, ...options.limits },
  }
}

function compileAssertion(spec: InvariantSpec | FieldInvariantSpec): AssertionModel {
  return {
    name: spec.name,
    assert: spec.assert,
    test: compileTest(spec.assert),
    ...('when' in spec && spec.when !== undefined ? { when: new Set(spec.when) } : {}),
    ...('message' in spec && spec.message !== undefined ? { message: spec.message } : {}),
  }
}
