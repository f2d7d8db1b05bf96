import { noProbe, noTelemetry, silentLogger, systemClock, systemRandom } from '@perdure/core'
import type {
  Clock,
  EntityHead,
  EntityKey,
  EntityState,
  Ids,
  Logger,
  Probe,
  Random,
  Storage,
  Telemetry,
} from '@perdure/core'
import { nanoid } from 'nanoid'
import { defaultRetryPolicy } from '../persistence/backoff.ts'
import { ActivationCounter } from './activation-counts.ts'
import type { RetryPolicy } from '../persistence/backoff.ts'
import { BestEffortQueue } from '../persistence/best-effort-queue.ts'
import { WriteCycle } from '../persistence/write-cycle.ts'
import { HeadReader } from './head-reader.ts'
import { LoadGate } from './load-gate.ts'

/** What an entity actor works with. A host shares one set among all its entities. */
export interface EntityDeps {
  readonly storage: Storage
  /** The single writer of this process. */
  readonly cycle: WriteCycle
  readonly clock: Clock
  readonly ids: Ids
  readonly random: Random
  readonly retry: RetryPolicy
  readonly logger: Logger
  readonly probe: Probe
  readonly telemetry: Telemetry
  readonly activations: ActivationCounter
  /** What the status of another entity is called today, for one whose type has upcasts. @defaultValue as it is stored */
  readonly statusOf?: (head: EntityHead) => Promise<string>
  /** Writes that nobody waits for. */
  readonly behind: BestEffortQueue
  /** How many entities are read at once. */
  readonly loads: LoadGate
  /** Where entities stand now, for refusals on a storage that others write to. */
  readonly heads: HeadReader
  /** What replaying an entity may take before a snapshot is due, milliseconds. @defaultValue 50 */
  readonly maxReplayMs: number
  /** Whose entities are, where hosts share them; absent: nobody asks. */
  readonly ownership?: EntityOwnership
  /** Told of every committed state, after the commit. */
  readonly onCommitted?: (entity: EntityKey, state: EntityState) => void
}

/** What an entity needs to know of who owns it. */
export interface EntityOwnership {
  /** The lease its events are committed under; undefined while this host has none. */
  readonly lease: number | undefined
  /** Another host wrote it. */
  lost(entity: EntityKey): void
}

/** Ids by nanoid: 21 URL-safe characters, 126 random bits. */
export const nanoIds: Ids = { next: () => nanoid() }

/** Fills in the deps of an actor that runs without a host; only the storage must be given. */
export function entityDeps(deps: Pick<EntityDeps, 'storage'> & Partial<EntityDeps>): EntityDeps {
  const { storage, clock = systemClock, random = systemRandom, retry = defaultRetryPolicy } = deps
  const { ids = nanoIds, logger = silentLogger, probe = noProbe, telemetry = noTelemetry } = deps
  const cycle = deps.cycle ?? new WriteCycle({ storage, clock, random, retry, logger, probe })
  const activations = deps.activations ?? new ActivationCounter()
  const behind = deps.behind ?? new BestEffortQueue({ clock, random, retry, logger })
  const isWanted = (): boolean => cycle.failure === undefined
  const heads = deps.heads ?? new HeadReader({ storage, clock, random, retry, isWanted })
  const loads = deps.loads ?? new LoadGate({ maxLoads: Infinity })
  const { maxReplayMs = defaultMaxReplayMs } = deps
  const parts = { cycle, activations, behind, heads, loads, maxReplayMs }
  return { ...deps, storage, ...parts, clock, random, retry, ids, logger, probe, telemetry }
}

const defaultMaxReplayMs = 50
