// A unit made ready for the database, or found unfit for it, before any statement is sent.
import { formatEntityKey, StorageError } from '@perdure/core'
import type { CommitUnit, EntityEvent, EntityKey } from '@perdure/core'
import { encodePayload } from '../event-payload.ts'
import { streamKey } from '../stream-key.ts'
import { columnText } from '../column-text.ts'

/** A unit as the commit statement takes it. */
export interface PreparedUnit {
  /** Its place in the caller's list. */
  readonly index: number
  readonly unit: CommitUnit
  readonly stream: string
  readonly events: readonly PreparedEvent[]
  /** About how much it adds to a statement. */
  readonly bytes: number
}

/** An event as its row has it. */
export interface PreparedEvent {
  readonly at: number
  /** As `columnText` makes it, like the key. */
  readonly action: string
  readonly key: string | undefined
  /** JSON without a raw control character. */
  readonly payload: string
}

/** The size limits of what is committed, in bytes of JSON. */
export interface CommitLimits {
  readonly maxEventBytes: number
  readonly maxUnitBytes: number
}

/**
 * Encodes a unit's events and checks what PostgreSQL would refuse or, worse, change.
 *
 * @throws StorageError `unit_refused`
 */
export function prepareUnit(unit: CommitUnit, index: number, limits: CommitLimits): PreparedUnit {
  checkShape(unit)
  const events = unit.events.map((event) => prepareEvent(event, limits))
  // UTF-16 units, not bytes: close enough to share out batches by.
  let bytes = events.reduce((sum, { payload }) => sum + payload.length, 0)
  for (const blob of unit.blobs) bytes += blob.size
  if (bytes > limits.maxUnitBytes) {
    throw refuse(unit.entity, `it takes about ${bytes} bytes, the limit is ${limits.maxUnitBytes}`)
  }
  return { index, unit, stream: streamKey(unit.entity), events, bytes }
}

/** The refusal of a unit. */
export function refuse(entity: EntityKey, why: string, cause?: unknown): StorageError {
  return new StorageError('unit_refused', `a commit of ${formatEntityKey(entity)} was refused: ${why}`, {
    ...(cause === undefined ? {} : { cause }),
    details: { entity: { ...entity } },
  })
}

function prepareEvent(event: EntityEvent, limits: CommitLimits): PreparedEvent {
  const payload = stringify(event)
  if (payload.length * 3 > limits.maxEventBytes) {
    const bytes = Buffer.byteLength(payload)
    if (bytes > limits.maxEventBytes) {
      throw refuse(
        event,
        `event ${event.sequence} takes ${bytes} bytes, the limit is ${limits.maxEventBytes}`,
      )
    }
  }
  const key = event.idempotencyKey === undefined ? undefined : columnText(event.idempotencyKey)
  return { at: event.at, action: columnText(event.action), key, payload }
}

function stringify(event: EntityEvent): string {
  try {
    return encodePayload(event)
  } catch (error) {
    throw refuse(event, `event ${event.sequence} is not JSON (nested too deep, a cycle or a bigint)`, error)
  }
}

function checkShape(unit: CommitUnit): void {
  const { entity, expectedVersion, events } = unit
  for (const name of [entity.tenant, entity.type, entity.id, unit.status]) {
    if (!name.isWellFormed() || name.includes('\0')) {
      throw refuse(entity, 'tenant, type, id and status must be well-formed text without NUL')
    }
  }
  if (events.length === 0) throw refuse(entity, 'it has no events')
  events.forEach((event, offset) => {
    const sequence = expectedVersion + 1 + offset
    if (event.sequence !== sequence) {
      throw refuse(entity, `event ${event.sequence} should have sequence ${sequence}`)
    }
    if (event.tenant !== entity.tenant || event.type !== entity.type || event.id !== entity.id) {
      throw refuse(entity, `event ${event.sequence} belongs to ${formatEntityKey(event)}`)
    }
    if (!Number.isSafeInteger(event.at)) {
      throw refuse(entity, `event ${event.sequence} has no whole number of milliseconds as its time`)
    }
  })
  checkContents(unit)
}

function checkContents({ entity, blobs, claims, releases }: CommitUnit): void {
  for (const { hash } of [...blobs, ...claims, ...releases]) {
    if (!/^[0-9a-f]{64}$/.test(hash)) throw refuse(entity, `"${hash}" is not a SHA-256 in lower-case hex`)
  }
  for (const blob of blobs) {
    if (blob.bytes.length !== blob.size) {
      throw refuse(entity, `blob ${blob.hash} says ${blob.size} bytes and has ${blob.bytes.length}`)
    }
  }
}
