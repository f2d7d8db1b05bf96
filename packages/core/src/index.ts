// The public face of @perdure/core: what the other packages and storage authors build on.
export type { JsonObject, JsonValue } from './json/json-value.ts'

export type { ActionKind, ActionSpec, ParamSpec } from './spec/action-spec.ts'
export type { Effect, EffectArgument, HostEffect, VariableEffect } from './spec/effect.ts'
export type {
  EntitySpec,
  IntegrationSpec,
  KeySpec,
  StateTimeoutSpec,
  UpcastSpec,
  WebhookSpec,
} from './spec/entity-spec.ts'
export type {
  ComparisonOperator,
  Expression,
  Literal,
  PathExpression,
  SetExpression,
  SumTerm,
} from './spec/expression.ts'
export type { FieldInvariantSpec, InvariantSpec, LivenessSpec } from './spec/invariant.ts'
export { deletedStatus, isReservedActionName, isReservedFieldName } from './spec/reserved-names.ts'
export type { SpecIssue, SpecIssueSeverity } from './spec/spec-issue.ts'
export { zeroOf } from './spec/state-variable.ts'
export type { OverflowPolicy, StateVariable, ValueType } from './spec/state-variable.ts'

export { defaultTenant, formatEntityKey } from './entity/entity-key.ts'
export type { EntityKey } from './entity/entity-key.ts'
export type { EntityState } from './entity/entity-state.ts'
export { createdAction, deletedAction, fieldsUpdatedAction } from './entity/event.ts'
export type { ContentRef, EntityEvent, ResolvedEffect } from './entity/event.ts'

export type { BlobRef, BlobWrite } from './fields/blob-ref.ts'
export { hashContent } from './fields/content-hash.ts'

export type { SnapshotRecord } from './snapshot/snapshot-record.ts'

export type { StorageCapabilities } from './storage/capabilities.ts'
export type { CommitResult } from './storage/commit-result.ts'
export type { CommitUnit, RefClaim, RefRelease } from './storage/commit-unit.ts'
export { StorageError } from './storage/storage-error.ts'
export type { StorageErrorCode } from './storage/storage-error.ts'
export type {
  EntityFilter,
  EntityHead,
  LoadedEntity,
  ReadRange,
  Storage,
  StorageStats,
  SweepOptions,
  SweepResult,
} from './storage/storage.ts'

export { systemClock } from './ports/clock.ts'
export type { Clock } from './ports/clock.ts'
export type { Ids } from './ports/ids.ts'
export { silentLogger } from './ports/logger.ts'
export type { LogMethod, Logger } from './ports/logger.ts'
export { noProbe } from './ports/probe.ts'
export type { Probe } from './ports/probe.ts'
export { systemRandom } from './ports/random.ts'
export type { Random } from './ports/random.ts'
export { noTelemetry } from './ports/telemetry.ts'
export type { Telemetry } from './ports/telemetry.ts'

export { assertNever } from './errors/assert-never.ts'
export { isPerdureError, PerdureError } from './errors/perdure-error.ts'
export type { ErrorDetails } from './errors/perdure-error.ts'
