// The public face of @perdure/actors: a host to run entities in, and entity actor logic for XState users.
export { createHost } from './host/create-host.ts'
export { EntityRef } from './host/entity-ref.ts'
export { Host } from './host/host.ts'
export { stopOnSignals } from './host/stop-on-signals.ts'
export type { SignalOptions } from './host/stop-on-signals.ts'
export type { AskOptions, AskResult, Durability, TryAskResult } from './host/ask-options.ts'
export type {
  ConsumerHealth,
  DegradedReason,
  HostHealth,
  OwnershipHealth,
  QuarantinedEntity,
} from './host/host-health.ts'
export type { EntitiesFilter, HostOptions, SpawnOptions, StopOptions } from './host/host-options.ts'
export type { TenantLimits, TenantLimitsOption } from './host/tenant-limits.ts'
export type { EntityTypeMap, EntityTypeShape, UntypedEntities, UntypedEntity } from './host/entity-types.ts'
export type { HistoryOptions, StateOptions } from './host/state-options.ts'
export type { AllowedDifference } from './host/check-swap.ts'
export type { SwapOptions, SwapResult } from './host/swap-spec.ts'
export type { EraseEntityOptions } from './host/erase-entity.ts'
export type { StateView } from './host/state-view.ts'
export type { InspectionEvent, Inspector } from './observe/inspection.ts'
export type { Subscription } from './host/subscription.ts'

export type { ActivationCounter, ActivationCounts } from './entity/activation-counts.ts'
export type { RetentionOptions } from './retention/retention-options.ts'

export { entityDeps, nanoIds } from './entity/entity-deps.ts'
export type { EntityDeps, EntityOwnership } from './entity/entity-deps.ts'
export { entityLogic } from './entity/entity-logic.ts'
export type { EntityActorEvent, EntityInput, EntityLogic, EntitySnapshot } from './entity/entity-logic.ts'
export type { CommandOutcome, CommandRequest } from './entity/command-request.ts'
export type { EntityPhase } from './entity/entity-phase.ts'

export { defaultRetryPolicy } from './persistence/backoff.ts'
export type { RetryPolicy } from './persistence/backoff.ts'
export { BatchRoom } from './persistence/batch-room.ts'
export type { CycleCounters } from './persistence/cycle-counters.ts'
export { failurePolicy } from './persistence/failure-policy.ts'
export type { Operation, OperationClass, OperationOf } from './persistence/failure-policy.ts'
export type { QuarantineKind } from './persistence/quarantine.ts'
export { WriteCycle } from './persistence/write-cycle.ts'
export type { WriteCycleOptions } from './persistence/write-cycle.ts'
export type { Writer } from './persistence/writer.ts'

export {
  AcknowledgedCommandLost,
  ActionRejected,
  Conflict,
  EntityErased,
  EntityExists,
  EntityNotFound,
  EntityQuarantined,
  HostStopped,
  IdempotencyKeyReused,
  InvalidArgument,
  Overloaded,
  PayloadTooLarge,
  SpecNotSupported,
  Unavailable,
} from './errors/host-errors.ts'
export { SpecSwapRefused } from './errors/spec-swap-refused.ts'
export type { SwapReason } from './errors/spec-swap-refused.ts'

export { toMachine } from './machine/to-machine.ts'
export type { MachineContext, MachineEvent, MachineInput } from './machine/to-machine.ts'
