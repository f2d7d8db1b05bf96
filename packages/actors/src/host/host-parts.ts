// Puts the parts of a host together, from its options. Called once by the host's constructor.
import { silentLogger } from '@perdure/core'
import type { Limits } from '@perdure/core'
import { entityDeps } from '../entity/entity-deps.ts'
import type { EntityDeps } from '../entity/entity-deps.ts'
import { LoadGate } from '../entity/load-gate.ts'
import { defaultRetryPolicy } from '../persistence/backoff.ts'
import { Troubles } from '../persistence/troubles.ts'
import { WriteCycle } from '../persistence/write-cycle.ts'
import { Inspectors } from '../observe/inspection.ts'
import { observeStorage } from '../observe/observed-storage.ts'
import { Admission } from './admission.ts'
import { checkHostOptions, limitsOf } from './check-options.ts'
import { CommandIntake } from './command-intake.ts'
import { EntityViews } from './entity-views.ts'
import { HostLife } from './host-life.ts'
import type { HostOptions } from './host-options.ts'
import { Listeners } from './listeners.ts'
import { LogReaders } from './log-readers.ts'
import { RetentionLoop } from '../retention/retention-loop.ts'
import { Ownership } from '../ownership/ownership.ts'
import type { OwnershipOptions } from '../ownership/ownership.ts'
import { Registry } from './registry.ts'
import { tenantLimitsOf } from './tenant-limits.ts'

/** Commands on their way at once, when the options do not say. */
const defaultMaxCommandsInFlight = 10_000

/** Bytes of their payloads. */
const defaultMaxBytesInFlight = 128 * 1024 * 1024

/** Commands that wait to be admitted. */
const defaultMaxCommandsWaiting = 200_000

/** Bytes of their payloads. */
const defaultMaxBytesWaiting = 512 * 1024 * 1024

/** Entities read at once. */
const defaultMaxConcurrentLoads = 64

/** Entities in memory, when the options do not say. */
const defaultMaxResidents = 100_000

/** How long a host may seem dead, milliseconds. */
const defaultLeaseMs = 10_000

/** What a host consists of. */
export interface HostParts {
  readonly life: HostLife
  readonly deps: EntityDeps
  readonly cycle: WriteCycle
  /** What went wrong where nobody was waiting. */
  readonly troubles: Troubles
  readonly registry: Registry
  readonly listeners: Listeners
  readonly admission: Admission
  /** Commands whose way leads, or may lead, to another host. */
  readonly forwarding: Admission
  /** Undefined for a host without a router. */
  readonly ownership: Ownership | undefined
  readonly intake: CommandIntake
  readonly views: EntityViews
  readonly logReaders: LogReaders
  /** Undefined where the host leaves retention to somebody else. */
  readonly retention: RetentionLoop | undefined
  readonly inspectors: Inspectors
  readonly limits: Limits
}

/** @throws SpecNotSupported, InvalidArgument */
export function makeHostParts(options: HostOptions): HostParts {
  checkHostOptions(options)
  const { specs, clock, ids, probe, random, telemetry, inlineMaxBytes, logger = silentLogger } = options
  const storage = telemetry === undefined ? options.storage : observeStorage(options.storage, telemetry)
  const given = {
    storage,
    logger,
    retry: { ...defaultRetryPolicy, ...options.retry },
    ...(clock && { clock }),
    ...(ids && { ids }),
    ...(probe && { probe }),
    ...(random && { random }),
    ...(telemetry && { telemetry }),
  }
  const { maxBatchEvents, maxBatchBytes, maxReplayMs, durability = 'committed' } = options
  const troubles = new Troubles(logger, options.onError)
  const cycle = new WriteCycle({
    ...given,
    ...(maxBatchEvents && { maxBatchEvents }),
    ...(maxBatchBytes && { maxBatchBytes }),
    onError: (error) => troubles.report(error),
  })
  const tenantLimits = tenantLimitsOf(options.tenantLimits)
  const loads = new LoadGate({
    maxLoads: options.maxConcurrentLoads ?? defaultMaxConcurrentLoads,
    ...(tenantLimits && { limitsOf: tenantLimits }),
  })
  const bare = entityDeps({ ...given, cycle, loads, ...(maxReplayMs === undefined ? {} : { maxReplayMs }) })
  const listeners = new Listeners(logger)
  const life = new HostLife()
  const inspectors = new Inspectors(logger)
  const { maxResidents = defaultMaxResidents, passivateAfterMs } = options
  const shared = { ...bare, life, inspectors, durability, maxEntities: maxResidents }
  const ownership = makeOwnership(options, shared, (entity, state, isCertain) => {
    registry.outdate(entity, state.version)
    // Whoever listens here hears of it as if it had been decided here.
    if (isCertain) listeners.tell(entity, state)
  })
  const deps: EntityDeps = {
    ...bare,
    onCommitted: (entity, state) => listeners.tell(entity, state),
    ...(ownership && { ownership }),
    statusOf: (head) => registry.statusToday(head),
  }
  const limits = limitsOf(options.limits, options.storage)
  const modelOptions = {
    limits,
    ...(inlineMaxBytes === undefined ? {} : { inlineMaxBytes }),
    ...(options.upcast && { upcast: options.upcast }),
  }
  const registry: Registry = new Registry(specs, modelOptions, deps, {
    maxResidents,
    passivateAfterMs,
    ...(tenantLimits && { limitsOf: tenantLimits }),
    onChange: (kind, entity) => {
      if (inspectors.isWatched) inspectors.tell({ kind, entity })
    },
  })
  const bounds = {
    maxEntries: options.maxCommandsInFlight ?? defaultMaxCommandsInFlight,
    maxBytes: options.maxBytesInFlight ?? defaultMaxBytesInFlight,
    maxWaiting: options.maxCommandsWaiting ?? defaultMaxCommandsWaiting,
    maxBytesWaiting: options.maxBytesWaiting ?? defaultMaxBytesWaiting,
  }
  const admission = new Admission(bounds, deps.clock)
  const forwarding = new Admission(bounds, deps.clock)
  const intake = new CommandIntake({
    life,
    registry,
    admission,
    forwarding,
    ownership,
    limits,
    limitsOf: tenantLimits,
    inspectors,
    logger,
    telemetry: deps.telemetry,
    troubles,
    counters: cycle.counters,
    durability,
  })
  const views = new EntityViews(life, registry, deps)
  const logReaders = new LogReaders({ storage, deps, life, registry })
  const retention =
    options.retention === false
      ? undefined
      : new RetentionLoop({ ...deps, troubles }, options.retention ?? {})
  return {
    life,
    deps,
    cycle,
    troubles,
    registry,
    listeners,
    admission,
    forwarding,
    ownership,
    intake,
    views,
    logReaders,
    retention,
    limits,
    inspectors,
  }
}

/** Undefined for a host without a router. */
function makeOwnership(
  { router, hostId, leaseMs = defaultLeaseMs }: HostOptions,
  shared: Omit<OwnershipOptions, 'router' | 'host' | 'leaseMs' | 'onMovedOn'>,
  onMovedOn: OwnershipOptions['onMovedOn'],
): Ownership | undefined {
  if (router === undefined) return undefined
  return new Ownership({ ...shared, router, host: hostId ?? shared.ids.next(), leaseMs, onMovedOn })
}
