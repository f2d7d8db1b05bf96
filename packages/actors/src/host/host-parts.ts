// Puts the parts of a host together, from its options. Called once by the host's constructor.
import { defaultLimits } from '@perdure/core'
import type { Limits } from '@perdure/core'
import { entityDeps } from '../entity/entity-deps.ts'
import type { EntityDeps } from '../entity/entity-deps.ts'
import { defaultRetryPolicy } from '../persistence/backoff.ts'
import { WriteCycle } from '../persistence/write-cycle.ts'
import { Inspectors } from '../observe/inspection.ts'
import { observeStorage } from '../observe/observed-storage.ts'
import { Admission } from './admission.ts'
import { checkHostOptions } from './check-options.ts'
import { CommandIntake } from './command-intake.ts'
import { EntityViews } from './entity-views.ts'
import { HostLife } from './host-life.ts'
import type { HostOptions } from './host-options.ts'
import { Listeners } from './listeners.ts'
import { LogReaders } from './log-readers.ts'
import { RetentionLoop } from '../retention/retention-loop.ts'
import { Registry } from './registry.ts'

/** Commands on their way at once, when the options do not say. */
const defaultMaxCommandsInFlight = 10_000

/** Entities in memory, when the options do not say. */
const defaultMaxResidents = 100_000

/** What a host consists of. */
export interface HostParts {
  readonly life: HostLife
  readonly deps: EntityDeps
  readonly cycle: WriteCycle
  readonly registry: Registry
  readonly listeners: Listeners
  readonly admission: Admission
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
  const { specs, clock, ids, logger, probe, random, telemetry, maxBatchEvents, inlineMaxBytes } = options
  const storage = telemetry === undefined ? options.storage : observeStorage(options.storage, telemetry)
  const given = {
    storage,
    retry: { ...defaultRetryPolicy, ...options.retry },
    ...(clock && { clock }),
    ...(ids && { ids }),
    ...(logger && { logger }),
    ...(probe && { probe }),
    ...(random && { random }),
    ...(telemetry && { telemetry }),
  }
  const { onError } = options
  const cycle = new WriteCycle({
    ...given,
    ...(maxBatchEvents && { maxBatchEvents }),
    ...(onError && { onError }),
  })
  const bare = entityDeps({ ...given, cycle })
  const listeners = new Listeners(bare.logger)
  const deps: EntityDeps = {
    ...bare,
    onCommitted: (entity, state) => listeners.tell(entity, state),
    statusOf: (head) => registry.statusToday(head),
  }
  const modelOptions = {
    limits: { ...options.limits },
    ...(inlineMaxBytes === undefined ? {} : { inlineMaxBytes }),
    ...(options.upcast && { upcast: options.upcast }),
  }
  const life = new HostLife()
  const inspectors = new Inspectors(bare.logger)
  const { maxResidents = defaultMaxResidents, passivateAfterMs } = options
  const registry: Registry = new Registry(specs, modelOptions, deps, {
    maxResidents,
    passivateAfterMs,
    onChange: (kind, entity) => {
      if (inspectors.isWatched) inspectors.tell({ kind, entity })
    },
  })
  const admission = new Admission(options.maxCommandsInFlight ?? defaultMaxCommandsInFlight)
  const limits = { ...defaultLimits, ...options.limits }
  const intake = new CommandIntake({
    life,
    registry,
    admission,
    limits,
    inspectors,
    logger: deps.logger,
    telemetry: deps.telemetry,
  })
  const views = new EntityViews(life, registry, deps)
  const logReaders = new LogReaders({ storage, deps, life, registry })
  const retention = options.retention === false ? undefined : new RetentionLoop(deps, options.retention ?? {})
  return {
    life,
    deps,
    cycle,
    registry,
    listeners,
    admission,
    intake,
    views,
    logReaders,
    retention,
    limits,
    inspectors,
  }
}
