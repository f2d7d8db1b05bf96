// The public face of @perdure/core: what the other packages and storage authors build on.
export { adoptJson } from './json/adopt-json.ts'
export type { AdoptResult, JsonProblem } from './json/adopt-json.ts'
export { canonicalJson } from './json/canonical-json.ts'
export { formatPath } from './json/format-path.ts'
export { fitsWithin, jsonSize, sizeBound } from './json/json-size.ts'
export type { JsonObject, JsonValue } from './json/json-value.ts'
export { defaultLimits, highestLimits } from './json/limits.ts'
export type { Limits } from './json/limits.ts'
export { own } from './json/own.ts'

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
export { carriedNames, compareSpecs, stateDifferences } from './spec/compare-specs.ts'
export type { CarriedNames, SpecDifference, StateDifferenceKind } from './spec/compare-specs.ts'
export { printArgument, printExpression, printLiteral } from './spec/print-expression.ts'
export type { FieldInvariantSpec, InvariantSpec, LivenessSpec } from './spec/invariant.ts'
export { deletedStatus, isReservedActionName, isReservedFieldName } from './spec/reserved-names.ts'
export type { SpecIssue, SpecIssueSeverity } from './spec/spec-issue.ts'
export { zeroOf } from './spec/state-variable.ts'
export type { OverflowPolicy, StateVariable, ValueType } from './spec/state-variable.ts'

export { compileModel } from './model/compile-model.ts'
export type { ModelOptions } from './model/compile-model.ts'
export type { AssertionModel, EntityModel } from './model/entity-model.ts'
export type { CompiledTest } from './model/evaluate-expression.ts'
export { formatFailingPart } from './model/explain-failure.ts'
export type { FailingPart } from './model/explain-failure.ts'
export { relatedKey } from './model/scope.ts'
export type { Knowledge, Needs, OverflowedValue, RelatedEntity, Scope, ScopeValue } from './model/scope.ts'
export type { ActionModel, RuleModel } from './model/transition-table.ts'

export { nameProblem } from './entity/check-name.ts'
export { SpecOutdated, UpcastFailed } from './upcast/upcast-error.ts'
export { readingsOf, upcastEvent } from './upcast/upcast-event.ts'
export type { UpcastHook, UpcastModel, UpcastStep } from './upcast/upcast-model.ts'
export { statusesToday, storedStatuses } from './upcast/status-today.ts'

export { commandName } from './entity/command.ts'
export type { Command, CommandMeta } from './entity/command.ts'
export type { DecideContext, Decision } from './entity/decide-context.ts'
export { decide } from './entity/decide.ts'
export { Replay, evolve } from './entity/evolve.ts'
export type { Evolution } from './entity/evolve.ts'
export { contentsOfEvent } from './entity/contents-of-event.ts'
export { fieldValueOfEvent } from './entity/field-value-of-event.ts'
export { journalEvent } from './entity/journal-event.ts'
export type { Rejection, RejectionCode } from './entity/rejection.ts'
export { suggestName } from './entity/suggest-name.ts'
export { unborn } from './entity/unborn.ts'
export { defaultTenant, formatEntityKey } from './entity/entity-key.ts'
export type { EntityKey } from './entity/entity-key.ts'
export type { EntityState } from './entity/entity-state.ts'
export { createdAction, deletedAction, erasedAction, fieldsUpdatedAction } from './entity/event.ts'
export type { ContentRef, EntityEvent, ResolvedEffect } from './entity/event.ts'

export type { BlobRef, BlobWrite } from './fields/blob-ref.ts'
export { hashContent } from './fields/content-hash.ts'
export { diffRefs } from './fields/diff-refs.ts'
export { FieldUnavailable } from './fields/field-error.ts'
export type { FieldUnavailableReason } from './fields/field-error.ts'
export { defaultInlineMaxBytes } from './fields/field-policy.ts'
export type { FieldPolicies, FieldPolicy } from './fields/field-policy.ts'
export { hydrateFields } from './fields/hydrate-fields.ts'
export { canOverflow, decodeContent, encodeContent } from './fields/overflow.ts'
export { fieldBytes, fieldText, locateField } from './fields/read-field.ts'
export type { FieldLocation } from './fields/read-field.ts'
export { syncFields } from './fields/sync-fields.ts'
export type { FieldChange, SyncedFields } from './fields/field-draft.ts'
export { viewBlobRef, viewFields } from './fields/view-state.ts'

export { decodeSnapshot, encodeSnapshot, snapshotFormat } from './snapshot/envelope.ts'
export type { SnapshotDecoding, SnapshotFault, SnapshotIdentity } from './snapshot/envelope.ts'
export type { SnapshotRecord } from './snapshot/snapshot-record.ts'

export type { StorageCapabilities } from './storage/capabilities.ts'
export type { CommitResult } from './storage/commit-result.ts'
export type { CommitUnit, RefClaim, RefRelease } from './storage/commit-unit.ts'
export type {
  ConsumerAdvance,
  ConsumerClaim,
  ConsumerClaimResult,
  ConsumerFailure,
  ConsumerReset,
  ConsumerState,
} from './storage/consumer.ts'
export { defaultLogBytes, defaultLogLimit } from './storage/log.ts'
export type { LogEntry, LogPage, LogRange, LogWatch } from './storage/log.ts'
export type { HostLease } from './storage/host-lease.ts'
export { LogNews } from './storage/log-news.ts'
export type {
  PruneCounts,
  PruneOptions,
  PruneResult,
  RetentionLimits,
  RetentionOutcome,
  RetentionPhase,
  RetentionProgress,
  SweepCounts,
  SweepOptions,
  SweepResult,
} from './storage/retention.ts'
export { RetentionRun, checkRetentionOptions, skippedPrune, sweepResultOf } from './storage/retention-run.ts'
export type { RetentionBatch } from './storage/retention-run.ts'
export { StorageError } from './storage/storage-error.ts'
export type { StorageErrorCode } from './storage/storage-error.ts'
export { compressionRatio, deduplicationRatio } from './storage/storage-ratios.ts'
export { readOn } from './storage/read-on.ts'
export type {
  EntityFilter,
  EntityHead,
  EventPage,
  LoadedEntity,
  PageRange,
  ReadRange,
  Storage,
  StorageStats,
  TenantsFilter,
} from './storage/storage.ts'
export { erasedEvent } from './storage/erase.ts'
export type { EraseOptions, Erasure } from './storage/erase.ts'
export { describeFinding } from './storage/describe-finding.ts'
export type { FindingDescription } from './storage/describe-finding.ts'
export { checkVerifyOptions, compareHead, isSampled } from './storage/verify.ts'
export type {
  VerifyFinding,
  VerifyOptions,
  VerifyPart,
  VerifyProgress,
  VerifyReport,
} from './storage/verify.ts'

export { RouterError, checkAddress } from './cluster/router-error.ts'
export type { RouterErrorCode } from './cluster/router-error.ts'
export type {
  AnswerContext,
  Router,
  RouterAnswer,
  RouterRequest,
  RouterResult,
  RouterSeat,
  SendOptions,
} from './cluster/router.ts'
export { decodeRoutedCommand, encodeRoutedCommand } from './cluster/routed-command.ts'
export type { RoutedCommand } from './cluster/routed-command.ts'
export { decodeRoutedReply, encodeRoutedReply, routeError } from './cluster/routed-reply.ts'
export type { RoutedError, RoutedReply } from './cluster/routed-reply.ts'

export { consume } from './log/consume.ts'
export { consumerInstruments } from './log/consumer-instruments.ts'
export type { ConsumerStatus } from './log/consumer-monitor.ts'
export type {
  ConsumeOptions,
  Consumer,
  ConsumerContext,
  ConsumerOptions,
  ConsumerWork,
} from './log/consumer-options.ts'
export { subscribe } from './log/subscribe.ts'
export type { LogSource, SubscribeOptions } from './log/subscribe.ts'

export { backoffMs } from './ports/backoff.ts'
export { systemClock } from './ports/clock.ts'
export type { Clock } from './ports/clock.ts'
export type { Ids } from './ports/ids.ts'
export { silentLogger } from './ports/logger.ts'
export type { LogMethod, Logger } from './ports/logger.ts'
export { noProbe } from './ports/probe.ts'
export type { Probe } from './ports/probe.ts'
export { systemRandom } from './ports/random.ts'
export type { Random } from './ports/random.ts'
export type { Instrument } from './ports/instrument.ts'
export { noTelemetry } from './ports/telemetry.ts'
export type { Attributes, Operation, Telemetry } from './ports/telemetry.ts'

export { assertNever } from './errors/assert-never.ts'
export { isPerdureError, PerdureError } from './errors/perdure-error.ts'
export type { ErrorDetails } from './errors/perdure-error.ts'
