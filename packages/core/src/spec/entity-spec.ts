// One entity type as its author declared it: the parsed form of a *.ioa.toml file, before compilation.
import type { JsonObject, JsonValue } from '../json/json-value.ts'
import type { ActionSpec } from './action-spec.ts'
import type { Expression } from './expression.ts'
import type { FieldInvariantSpec, InvariantSpec, LivenessSpec } from './invariant.ts'
import type { StateVariable } from './state-variable.ts'

/** One `[[state_timeout]]`: leave a state after a time. */
export interface StateTimeoutSpec {
  readonly state: string
  readonly afterSeconds: number
  readonly onTimeout: string
  readonly maxOccurrences: number
  readonly resetOn: readonly string[]
  readonly args: JsonObject
}

/** One `[[integration]]`: work outside the entity, run after commit, that answers with an action. */
export interface IntegrationSpec {
  readonly name: string
  readonly triggers: readonly string[]
  readonly type: 'handler' | 'webhook' | 'wasm'
  readonly module?: string
  readonly onSuccess?: string
  readonly onFailure?: string
  readonly emits: readonly string[]
  readonly retry?: { readonly max?: number; readonly baseMs?: number; readonly capMs?: number }
  readonly timeoutMs?: number
  readonly guard?: Expression
  readonly config: JsonObject
}

/** One `[[webhook]]`: inbound HTTP mapped to an action. */
export interface WebhookSpec {
  readonly name: string
  readonly path: string
  readonly method: string
  readonly action: string
  readonly entityId?: string
  readonly extract: Readonly<Record<string, string>>
  readonly hmacSecret?: string
  readonly hmacHeader?: string
}

/** One `[[key]]`: a unique key over fields. */
export interface KeySpec {
  readonly name: string
  readonly properties: readonly string[]
}

/** One `[[upcast]]`: how events of an older spec version read today. */
export interface UpcastSpec {
  readonly fromVersion: number
  readonly renameAction: Readonly<Record<string, string>>
  readonly renameParam: Readonly<Record<string, string>>
  readonly renameStatus: Readonly<Record<string, string>>
  readonly renameVariable: Readonly<Record<string, string>>
  readonly defaultParam: Readonly<Record<string, JsonValue>>
}

/** One entity type: everything its spec file declares, with defaults filled in. */
export interface EntitySpec {
  readonly name: string
  readonly states: readonly string[]
  readonly initial: string
  readonly terminal: readonly string[]
  readonly strictActionParams: boolean
  readonly enforceInvariants: boolean
  /** Events between snapshots. */
  readonly snapshotEvery: number
  /** The author's version of the spec. */
  readonly version: number
  readonly allowIndefiniteStates: readonly string[]
  readonly variables: readonly StateVariable[]
  /** Rules in file order. */
  readonly actions: readonly ActionSpec[]
  readonly invariants: readonly InvariantSpec[]
  readonly liveness: readonly LivenessSpec[]
  readonly fieldInvariants: readonly FieldInvariantSpec[]
  readonly stateTimeouts: readonly StateTimeoutSpec[]
  readonly integrations: readonly IntegrationSpec[]
  readonly webhooks: readonly WebhookSpec[]
  readonly keys: readonly KeySpec[]
  readonly upcasts: readonly UpcastSpec[]
}
