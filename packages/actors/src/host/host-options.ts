import type {
  Clock,
  EntitySpec,
  Ids,
  Limits,
  Logger,
  PerdureError,
  Probe,
  Random,
  Router,
  Storage,
  Telemetry,
  UpcastHook,
} from '@perdure/core'
import type { RetentionOptions } from '../retention/retention-options.ts'
import type { RetryPolicy } from '../persistence/backoff.ts'
import type { Durability } from './ask-options.ts'
import type { TenantLimitsOption } from './tenant-limits.ts'
import type { EntityTypeShape, NewFieldsOf, UntypedEntity } from './entity-types.ts'

/** How a host is set up. Only specs and a storage are needed. */
export interface HostOptions {
  /** The entity types this host runs, from `loadSpecs` or `parseSpec`. */
  readonly specs: readonly EntitySpec[]
  /** Taken over by the host: `stop` closes it, unless `keepStorageOpen` is set. */
  readonly storage: Storage
  /** Whose entities `spawn` and `entity` mean when they name no tenant. @defaultValue 'default' */
  readonly tenant?: string
  /** Ceiling of fields whose spec sets none, in UTF-8 bytes of canonical JSON. @defaultValue 131072 */
  readonly inlineMaxBytes?: number
  /** How large values, events, states and names may be; what is not given has the default of `defaultLimits`. */
  readonly limits?: Partial<Limits>
  /**
   * By entity type: how events of older spec versions read today, where the `[[upcast]]` tables of the spec do not suffice. Each
   * gets a frozen event after those tables and must be pure, which is checked; raise the spec's `version` whenever one changes.
   */
  readonly upcast?: Readonly<Record<string, UpcastHook>>
  /** Commands on their way at once; more wait, those of one tenant in order, tenants in turns. @defaultValue 10000 */
  readonly maxCommandsInFlight?: number
  /** Commands that wait to be admitted; more are refused with `Overloaded`. @defaultValue 200000 */
  readonly maxCommandsWaiting?: number
  /** Bytes of their payloads, as estimated. @defaultValue 512 MiB */
  readonly maxBytesWaiting?: number
  /**
   * Reads of entities from storage at once, a page of a long history each; more wait, those of one tenant in order, tenants in
   * turns. Fewer than the storage has connections leaves some of them unused. @defaultValue 64
   */
  readonly maxConcurrentLoads?: number
  /**
   * What one tenant may take of this host, or each by its name, so that one that floods it is no wait for others. Of what is
   * not limited tenants take turns.
   */
  readonly tenantLimits?: TenantLimitsOption
  /**
   * Entities in memory. More than these are let go of, those in least use first, as soon as they are idle; they come back
   * from storage when asked for. @defaultValue 100000
   */
  readonly maxResidents?: number
  /**
   * An idle entity that nobody has asked for in this time, milliseconds, is let go of, after twice the time at the
   * latest. @defaultValue none is
   */
  readonly passivateAfterMs?: number
  /** Bytes of their payloads, as estimated; a single command over it is taken when no other is on its way. @defaultValue 128 MiB */
  readonly maxBytesInFlight?: number
  /** Events in one transaction. @defaultValue 1000 */
  readonly maxBatchEvents?: number
  /** Bytes of events and contents in one transaction, as estimated; a single event over it goes alone. @defaultValue 8 MiB */
  readonly maxBatchBytes?: number
  /** When askers hear, unless they say themselves. @defaultValue 'committed' */
  readonly durability?: Durability
  /** What replaying an entity may take, as measured, before a snapshot is due, milliseconds. @defaultValue 50 */
  readonly maxReplayMs?: number
  /** How long, and how often, a storage that does not answer is asked again. */
  readonly retry?: Partial<RetryPolicy>
  /** How blobs that are not needed any more are let go of beside the work; false: somebody else sees to it. */
  readonly retention?: RetentionOptions | false
  readonly keepStorageOpen?: boolean
  /**
   * How this host reaches others on the same storage. With one, each entity has one host at a time, the last that wrote it: commands
   * asked elsewhere go there, and conflicts become rare. Closed by `stop`. @defaultValue none; hosts race for entities
   */
  readonly router?: Router
  /**
   * A name for this host among those on the storage, of at most 200 letters, digits, `_`, `~` and `-`. One that comes back under its
   * name takes over from what was left of it. @defaultValue a new id
   */
  readonly hostId?: string
  /**
   * How long this host may seem dead before others take its entities over, milliseconds. It says that it lives four times as
   * often. @defaultValue 10000
   */
  readonly leaseMs?: number
  readonly clock?: Clock
  readonly ids?: Ids
  readonly random?: Random
  readonly logger?: Logger
  /** Where to report spans and metrics; `@perdure/actors/otel` has one for OpenTelemetry. @defaultValue nowhere */
  readonly telemetry?: Telemetry
  readonly probe?: Probe
  /**
   * Told once, should the host give up writing because its storage stayed away longer than the retry budget; and of every
   * command that was acknowledged as `processed` and then lost.
   */
  readonly onError?: (error: PerdureError) => void
}

/** How a host is stopped. */
export interface StopOptions {
  /** How long accepted commands may take to be stored, milliseconds; the rest is rejected. @defaultValue 10000 */
  readonly deadlineMs?: number
  /** Told when the deadline came first, and accepted commands are rejected with `HostStopped`. */
  readonly onDeadline?: () => void
}

/** How an entity is created. */
export interface SpawnOptions<Type extends EntityTypeShape = UntypedEntity> {
  /** @defaultValue a new id */
  readonly id?: string
  readonly tenant?: string
  /** Initial values of variables and of further fields. */
  readonly fields?: NewFieldsOf<Type>
  /** Use the entity that exists, instead of `EntityExists`. */
  readonly ifAbsent?: boolean
  readonly idempotencyKey?: string
  readonly correlationId?: string
  readonly causationId?: string
}

/** Which entities to go through. */
export interface EntitiesFilter<Type extends EntityTypeShape = UntypedEntity> {
  readonly status?: Type['status']
  readonly tenant?: string
  readonly includeDeleted?: boolean
}
