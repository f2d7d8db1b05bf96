// Makes the units the cases commit: small, deterministic, and different wherever a storage could mix them up.
import { canonicalJson, createdAction, deletedAction, deletedStatus, hashContent } from '@perdure/core'
import type {
  BlobWrite,
  CommitUnit,
  EntityEvent,
  EntityKey,
  JsonValue,
  RefClaim,
  RefRelease,
  SnapshotRecord,
} from '@perdure/core'

/** The spec that events and snapshots of the cases are made under. */
export const specHash: string = hashContent('a spec')
/** Another one. */
export const otherSpecHash: string = hashContent('another spec')
/** When the event with sequence 0 would have happened, epoch milliseconds. */
export const startOfTime = 1_700_000_000_000

/** An entity of the type `Session`. */
export function session(id: string, tenant = 'tenant-a'): EntityKey {
  return { tenant, type: 'Session', id }
}

/** A claim and the content it is about. */
export interface Hold extends RefClaim {
  readonly blob: BlobWrite
}

/** Parts of a unit that a case cares about. */
export interface UnitPart {
  /** How many events, or what is special about each. @defaultValue 1 */
  readonly events?: number | readonly Partial<EntityEvent>[]
  readonly status?: string
  /** The last event is the tombstone. */
  readonly deletes?: boolean
  /** Claims that bring their content along. */
  readonly holds?: readonly Hold[]
  /** Claims that do not. */
  readonly claims?: readonly RefClaim[]
  readonly blobs?: readonly BlobWrite[]
  readonly releases?: readonly RefRelease[]
  readonly snapshot?: SnapshotRecord
  /** Tells the events of rivals apart. @defaultValue 'w' */
  readonly writer?: string
}

/** A unit that follows `expectedVersion`; 0 creates the entity. */
export function unitOf(entity: EntityKey, expectedVersion: number, part: UnitPart = {}): CommitUnit {
  const special =
    typeof part.events === 'object' ? part.events : Array.from({ length: part.events ?? 1 }, () => ({}))
  const status = part.deletes === true ? deletedStatus : (part.status ?? 'Running')
  const writer = part.writer ?? 'w'
  const events = special.map((its, index) => {
    const last = part.deletes === true && index === special.length - 1
    return {
      ...eventOf(entity, expectedVersion + index + 1, writer),
      to: status,
      ...(last ? { action: deletedAction } : {}),
      ...its,
    }
  })
  const holds = part.holds ?? []
  return {
    entity,
    expectedVersion,
    events,
    status,
    blobs: [...holds.map((hold) => hold.blob), ...(part.blobs ?? [])],
    claims: [...holds.map(claimOf), ...(part.claims ?? [])],
    releases: part.releases ?? [],
    ...(part.snapshot === undefined ? {} : { snapshot: part.snapshot }),
    ...(part.deletes === true ? { deletedAt: events.at(-1)?.at ?? startOfTime } : {}),
  }
}

function eventOf(entity: EntityKey, sequence: number, writer: string): EntityEvent {
  const { tenant, type, id } = entity
  return {
    tenant,
    type,
    id,
    sequence,
    eventId: hashContent(canonicalJson([tenant, type, id, sequence, writer])).slice(0, 21),
    action: sequence === 1 ? createdAction : 'Advance',
    from: sequence === 1 ? '' : 'Running',
    to: 'Running',
    params: { step: sequence, writer },
    effects: [['turns', '+', sequence]],
    at: startOfTime + sequence,
    specHash,
    specVersion: 1,
  }
}

/** Content of its own for every value. */
export function contentOf(value: JsonValue): BlobWrite {
  const bytes = new TextEncoder().encode(canonicalJson(value))
  return { hash: hashContent(bytes), size: bytes.length, bytes }
}

/** A field's claim on the content of a value, with the content. */
export function hold(field: string, value: JsonValue, expiresAt?: number): Hold {
  const blob = contentOf(value)
  return { field, hash: blob.hash, blob, ...(expiresAt === undefined ? {} : { expiresAt }) }
}

/** The claim alone. */
export function claimOf({ field, hash, expiresAt }: RefClaim): RefClaim {
  return { field, hash, ...(expiresAt === undefined ? {} : { expiresAt }) }
}

/** A snapshot whose bytes tell its sequence and its maker. */
export function snapshotAt(sequence: number, maker = 'w', underSpec: string = specHash): SnapshotRecord {
  return { sequence, specHash: underSpec, bytes: new TextEncoder().encode(`state ${sequence} of ${maker}`) }
}
