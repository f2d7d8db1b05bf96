import type { FieldPolicies } from '../fields/field-policy.ts'
import type { Limits } from '../json/limits.ts'
import type { EntitySpec } from '../spec/entity-spec.ts'
import type { Expression } from '../spec/expression.ts'
import type { StateVariable } from '../spec/state-variable.ts'
import type { UpcastModel } from '../upcast/upcast-model.ts'
import type { CompiledTest } from './evaluate-expression.ts'
import type { ActionModel } from './transition-table.ts'

/** One compiled assertion. */
export interface AssertionModel {
  readonly name: string
  readonly assert: Expression
  readonly test: CompiledTest
  /** Statuses in which it is asked; absent means all. */
  readonly when?: ReadonlySet<string>
  readonly message?: string
}

/** A compiled spec: what decide, evolve and field sync work from. Immutable, made by `compileModel`. */
export interface EntityModel {
  readonly spec: EntitySpec
  /** The entity type. */
  readonly name: string
  /** Names the meaning of the spec: 32 hex digits of the SHA-256 of its canonical JSON. */
  readonly specHash: string
  readonly terminal: ReadonlySet<string>
  readonly variables: ReadonlyMap<string, StateVariable>
  readonly actions: ReadonlyMap<string, ActionModel>
  readonly invariants: readonly AssertionModel[]
  readonly fieldInvariants: readonly AssertionModel[]
  readonly policies: FieldPolicies
  /** How events of older versions of the spec read today. */
  readonly upcasts: UpcastModel
  readonly limits: Limits
}
