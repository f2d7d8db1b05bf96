// How a host is, as plain data for a health endpoint or a log line.
import type { ConsumerStatus } from '@perdure/core'
import type { CycleCounters } from '../persistence/cycle-counters.ts'
import type { QuarantineKind } from '../persistence/quarantine.ts'
import type { OwnershipCounters } from '../ownership/ownership-counters.ts'
import type { HostParts } from './host-parts.ts'

/** Something that does not work just now and is being tried again. */
export interface DegradedReason {
  /** As the failure policy names it. */
  readonly operation: string
  /** An entity, a projection; absent when it is about all of them. */
  readonly about?: string
  /** Of the error met last. */
  readonly code: string
  readonly message: string
}

/** An entity that is left alone: see `EntityQuarantined`. */
export interface QuarantinedEntity {
  readonly tenant: string
  readonly type: string
  readonly id: string
  readonly kind: QuarantineKind
  /** Why, as a stable code. */
  readonly code: string
  readonly message: string
  /** Epoch milliseconds. */
  readonly since: number
}

/** A named consumer that was started on this host, as far as this process knows. */
export interface ConsumerHealth {
  readonly name: string
  /** As `ConsumerStatus` says. */
  readonly work: ConsumerStatus['work']
  /** Everything of the log up to here that concerns it has been dealt with. */
  readonly position: string
  /** Positions between that and the head of the log, when this host last looked. */
  readonly lag: number
  /** Age of the oldest event that is not handled, milliseconds; null where another process has it in hand. */
  readonly lagMs: number | null
  /** How often in a row the same batch has failed. */
  readonly attempts: number
  /** Events handled, and tries that failed, in this process. */
  readonly handled: number
  readonly failed: number
}

/** A host among others. */
export interface OwnershipHealth extends Readonly<OwnershipCounters> {
  readonly host: string
  /** Null while it has none: then it competes for entities. */
  readonly lease: number | null
  readonly leaseMs: number
  /** Other hosts that have a lease. */
  readonly others: number
  /** Entities that are known to be this host's. */
  readonly held: number
  /** Commands that wait for another host. */
  readonly waiting: number
}

/** How a host is. Plain data: it can be sent as JSON. */
export interface HostHealth {
  /** `degraded` still does its work; `failed` has given up writing, and a new host must take over. */
  readonly state: 'running' | 'degraded' | 'failed' | 'stopping' | 'stopped'
  /** Events decided since the host started. */
  readonly processed: number
  /** Of those, events that are stored; the rest is on its way, or discarded (see the counters). */
  readonly committed: number
  /** How long the command that has waited longest has waited, milliseconds; null when none waits. */
  readonly oldestWaitingMs: number | null
  readonly queue: {
    /** Commands on their way. */
    readonly entries: number
    /** Bytes of their payloads, as estimated. */
    readonly bytes: number
    /** Commands that wait to be admitted, and bytes of their payloads, as estimated. */
    readonly waiting: number
    readonly bytesWaiting: number
    /** Writes behind the commits that are not done: snapshots and the like. */
    readonly behind: number
  }
  /** Entities that are being read from storage, and those that wait for it. */
  readonly loads: { readonly underWay: number; readonly waiting: number }
  readonly degraded: readonly DegradedReason[]
  readonly quarantined: readonly QuarantinedEntity[]
  /** In the order in which they were started. One that fails, or is blocked, stands among the `degraded` reasons too. */
  readonly consumers: readonly ConsumerHealth[]
  /** Who has which entities; null for a host without a router. */
  readonly ownership: OwnershipHealth | null
  /** Snapshots found that were not usable; their entities were rebuilt from events. */
  readonly discardedSnapshots: number
  readonly counters: Readonly<CycleCounters> & {
    /** Writes behind the commits that were given up because there were too many. */
    readonly droppedBehind: number
  }
}

/** Reasons that are told; a storage that is away would have one for each entity. */
const toldReasons = 100

/** Looks at the parts of a host. */
export function healthOf(parts: HostParts): HostHealth {
  const { cycle, admission, deps } = parts
  const degraded = reasonsOf(parts)
  const { oldestSince } = admission
  const { snapshotsDiscarded } = deps.activations.read()
  return {
    state: stateOf(parts, degraded.length > 0),
    processed: cycle.counters.processed,
    committed: cycle.counters.committed,
    oldestWaitingMs: oldestSince === undefined ? null : deps.clock.now() - oldestSince,
    queue: {
      entries: admission.entries,
      bytes: admission.bytes,
      waiting: admission.waiting,
      bytesWaiting: admission.bytesWaiting,
      behind: deps.behind.size,
    },
    loads: { underWay: deps.loads.underWay, waiting: deps.loads.waiting },
    degraded,
    quarantined: cycle.quarantine.entities.map(({ entity: { tenant, type, id }, kind, cause, since }) => {
      return { tenant, type, id, kind, code: cause.code, message: cause.message, since }
    }),
    consumers: parts.logReaders.statuses().map(healthOfConsumer),
    ownership: healthOfOwnership(parts),
    discardedSnapshots: Object.values(snapshotsDiscarded).reduce((sum, count) => sum + count, 0),
    counters: { ...cycle.counters, droppedBehind: deps.behind.dropped },
  }
}

function healthOfOwnership({ ownership, forwarding }: HostParts): OwnershipHealth | null {
  if (ownership === undefined) return null
  const { host, leaseMs, others, held, counters, lease = null } = ownership
  return { host, lease, leaseMs, others, held, waiting: forwarding.entries + forwarding.waiting, ...counters }
}

function healthOfConsumer(status: ConsumerStatus): ConsumerHealth {
  const { name, work, position, lag, lagMs, attempts, handled, failed } = status
  return {
    name,
    work,
    position: String(position),
    lag: Number(lag),
    lagMs: lagMs ?? null,
    attempts,
    handled,
    failed,
  }
}

function stateOf({ life, cycle }: HostParts, isDegraded: boolean): HostHealth['state'] {
  if (life.isStopped) return 'stopped'
  if (life.isStopping) return 'stopping'
  if (cycle.failure !== undefined) return 'failed'
  return isDegraded || cycle.quarantine.entities.length > 0 ? 'degraded' : 'running'
}

function reasonsOf({ cycle, deps, troubles, logReaders, ownership }: HostParts): readonly DegradedReason[] {
  const reasons: DegradedReason[] = []
  const { trouble, failure } = cycle
  const append = failure ?? trouble
  if (append !== undefined) reasons.push({ operation: 'append', code: append.code, message: append.message })
  for (const { operation, about, error } of deps.behind.dirty)
    reasons.push({ operation, about, code: error.code, message: error.message })
  for (const [operation, { code, message }] of troubles.background) reasons.push({ operation, code, message })
  for (const { operation, error } of ownership?.troubles ?? [])
    reasons.push({ operation, code: error.code, message: error.message })
  for (const { name, work, lastError } of logReaders.statuses()) {
    if (lastError === undefined) continue
    const code = work === 'blocked' ? 'consumer_blocked' : 'consumer_failed'
    reasons.push({ operation: 'consume', about: name, code, message: lastError })
  }
  return reasons.slice(0, toldReasons)
}
