// A unit made ready for the database, or found unfit for it, before any statement is sent.
import { formatEntityKey, StorageError } from '@perdure/core'
import type { CommitUnit, EntityEvent, EntityKey } from '@perdure/core'
import { encodePayload } from '../event-payload.ts'
import { streamKey } from '../stream-key.ts'
import { columnText } from './column-text.ts'

/** A unit as the commit statement takes it. */
export interface PreparedUnit {
  /** Its place in the caller's list. */
  readonly index: number
  readonly unit: CommitUnit
  readonly stream: string
  /** One line an event: at, action, idempotency key, payload, separated by tabs; lines by newlines. */
  readonly lines: string
  /** About how much it adds to a statement. */
  readonly bytes: number
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
  const lines: string[] = []
  let bytes = 0
  for (const event of unit.events) {
    const line = encodeLine(event, limits)
    // UTF-16 length times three bounds the bytes; close enough to share out batches by.
    bytes += line.length
    lines.push(line)
  }
  for (const blob of unit.blobs) bytes += blob.size
  if (bytes > limits.maxUnitBytes) {
    throw refuse(unit.entity, `it takes about ${bytes} bytes, the limit is ${limits.maxUnitBytes}`)
  }
  return { index, unit, stream: streamKey(unit.entity), lines: lines.join('\n'), bytes }
}

/** The refusal of a unit. */
export function refuse(entity: EntityKey, why: string, cause?: unknown): StorageError {
  return new StorageError('unit_refused', `a commit of ${formatEntityKey(entity)} was refused: ${why}`, {
    ...(cause === undefined ? {} : { cause }),
    details: { entity: { ...entity } },
  })
}

function encodeLine(event: EntityEvent, limits: CommitLimits): string {
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
  const key = event.idempotencyKey === undefined ? '' : `=${columnText(event.idempotencyKey)}`
  return `${event.at}\t${columnText(event.action)}\t${key}\t${payload}`
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
    if (event.sequence !== sequence)
      throw refuse(entity, `event ${event.sequence} should have sequence ${sequence}`)
    if (!Number.isSafeInteger(event.at))
      throw refuse(entity, `event ${event.sequence} has no whole number of milliseconds as its time`)
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
