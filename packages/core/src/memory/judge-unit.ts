// Decides what becomes of one unit before anything is written, so that storing it cannot stop half way.
import { formatEntityKey } from '../entity/entity-key.ts'
import type { CommitResult } from '../storage/commit-result.ts'
import type { CommitUnit } from '../storage/commit-unit.ts'
import { StorageError } from '../storage/storage-error.ts'
import type { BlobShelf } from './blob-shelf.ts'
import type { Stream } from './stream.ts'

/** Either the unit is to be stored, with its events encoded, or the answer is known already. */
export type Judgement =
  | { readonly kind: 'store'; readonly texts: readonly string[] }
  | { readonly kind: 'answer'; readonly result: CommitResult }

/** What a unit is judged against. */
export interface Facts {
  /** Undefined while the entity does not exist. */
  readonly stream: Stream | undefined
  readonly blobs: BlobShelf
  readonly maxEventBytes: number
}

/**
 * In this order: a malformed unit is refused; a unit that is stored already is answered as the first time; one that
 * does not follow the head is a conflict; one that breaks a rule of its stream is refused; any other is stored.
 */
export function judgeUnit(unit: CommitUnit, facts: Facts): Judgement {
  const malformed = shapeProblem(unit)
  if (malformed !== undefined) return refuse(unit, malformed)

  const first = unit.events[0]
  const firstPosition = first && facts.stream?.positionOf(first.sequence, first.eventId)
  if (firstPosition !== undefined) return answer({ kind: 'committed', firstPosition })

  const actualVersion = facts.stream?.version ?? 0
  if (actualVersion !== unit.expectedVersion) return answer({ kind: 'conflict', actualVersion })

  const forbidden = ruleProblem(unit, facts)
  if (forbidden !== undefined) return refuse(unit, forbidden)
  return encode(unit, facts.maxEventBytes)
}

function shapeProblem({ entity, events, expectedVersion }: CommitUnit): string | undefined {
  if (events.length === 0) return 'the unit has no event'
  for (const [index, event] of events.entries()) {
    const expected = expectedVersion + index + 1
    if (event.sequence !== expected)
      return `event ${index + 1} of the unit has sequence ${event.sequence} where ${expected} follows`
    if (event.tenant !== entity.tenant || event.type !== entity.type || event.id !== entity.id)
      return `event ${event.sequence} belongs to ${formatEntityKey(event)}`
  }
  return undefined
}

function ruleProblem(unit: CommitUnit, { stream, blobs }: Facts): string | undefined {
  if (stream?.deleted === true) return 'the entity is deleted, and nothing follows a tombstone'
  const seen = new Set<string>()
  for (const { idempotencyKey } of unit.events) {
    if (idempotencyKey === undefined) continue
    if (seen.has(idempotencyKey) || stream?.sequenceOfKey(idempotencyKey) !== undefined)
      return `its idempotency key '${idempotencyKey}' is taken by another event`
    seen.add(idempotencyKey)
  }
  const brought = new Set(unit.blobs.map((blob) => blob.hash))
  const dangling = unit.claims.find(({ hash }) => !brought.has(hash) && !blobs.has(unit.entity.tenant, hash))
  return (
    dangling &&
    `field '${dangling.field}' claims blob ${dangling.hash}, which is neither stored nor sent along`
  )
}

function encode(unit: CommitUnit, maxEventBytes: number): Judgement {
  const texts: string[] = []
  for (const event of unit.events) {
    const text = JSON.stringify(event)
    const bytes = Buffer.byteLength(text)
    if (bytes > maxEventBytes)
      return refuse(
        unit,
        `event ${event.sequence} takes ${bytes} bytes, more than the ${maxEventBytes} allowed`,
      )
    texts.push(text)
  }
  return { kind: 'store', texts }
}

function refuse(unit: CommitUnit, why: string): Judgement {
  const message = `${formatEntityKey(unit.entity)} after version ${unit.expectedVersion}: ${why}. Nothing of the unit is stored.`
  const details = { entity: unit.entity, expectedVersion: unit.expectedVersion }
  return answer({ kind: 'refused', error: new StorageError('unit_refused', message, { details }) })
}

function answer(result: CommitResult): Judgement {
  return { kind: 'answer', result }
}
