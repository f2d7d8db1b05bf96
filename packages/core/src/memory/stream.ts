// One entity's events and head. Events are kept as JSON text and parsed anew for every reader: nobody can change
// what is stored, and a reader gets exactly what a database would give back.
import { contentsOfEvent } from '../entity/contents-of-event.ts'
import { formatEntityKey } from '../entity/entity-key.ts'
import type { EntityKey } from '../entity/entity-key.ts'
import type { EntityEvent } from '../entity/event.ts'
import type { SnapshotRecord } from '../snapshot/snapshot-record.ts'
import type { CommitUnit } from '../storage/commit-unit.ts'
import type { Erasure } from '../storage/erase.ts'
import { StorageError } from '../storage/storage-error.ts'
import type { EntityHead, ReadRange } from '../storage/storage.ts'

/** An event at rest. */
interface StoredEvent {
  readonly eventId: string
  readonly position: bigint
  readonly text: string
}

/** The stream of one entity; its version is the number of its events. */
export class Stream {
  readonly #entity: EntityKey
  /** Nothing where somebody took an event away. */
  readonly #events: (StoredEvent | undefined)[] = []
  /** What tests have damaged, as it was. */
  readonly #aside = new Map<number, StoredEvent>()
  readonly #sequenceOfKey = new Map<string, number>()
  #status = ''
  #updatedAt = 0
  #deletedAt: number | undefined
  #owner: number | undefined
  #snapshot: SnapshotRecord | undefined
  /** The sequence of the first event there is: 1, until the entity is erased. */
  #first = 1
  #erasure: Erasure | undefined

  constructor(entity: EntityKey) {
    this.#entity = { tenant: entity.tenant, type: entity.type, id: entity.id }
  }

  get version(): number {
    return this.#first - 1 + this.#events.length
  }

  get deleted(): boolean {
    return this.#deletedAt !== undefined
  }

  /** What is remembered of its erasure. */
  get erasure(): Erasure | undefined {
    return this.#erasure
  }

  get hasSnapshot(): boolean {
    return this.#snapshot !== undefined
  }

  /** Where the entity stands. */
  head(): EntityHead {
    return {
      ...this.#entity,
      version: this.version,
      status: this.#status,
      updatedAt: this.#updatedAt,
      ...(this.#deletedAt === undefined ? {} : { deletedAt: this.#deletedAt }),
      ...(this.#erasure === undefined ? {} : { erasedAt: this.#erasure.erasedAt }),
      ...(this.#owner === undefined ? {} : { owner: this.#owner }),
    }
  }

  /** The position of the event with this id at this sequence, if that is what is stored there. */
  positionOf(sequence: number, eventId: string): bigint | undefined {
    const stored = this.#events[sequence - this.#first]
    return stored?.eventId === eventId ? stored.position : undefined
  }

  /** The sequence of the event that was committed under this key. */
  sequenceOfKey(idempotencyKey: string): number | undefined {
    return this.#sequenceOfKey.get(idempotencyKey)
  }

  /**
   * Events within the bounds, in order.
   * @throws StorageError `corrupt_stream` when one of them is missing or none
   */
  read(range: ReadRange = {}): EntityEvent[] {
    return this.take(range)()
  }

  /** The same in two steps: takes what is there now, and decodes it when called. */
  take({
    fromSequence = 1,
    toSequence = this.version,
    limit = Infinity,
  }: ReadRange = {}): () => EntityEvent[] {
    const first = Math.max(fromSequence, this.#first)
    const end = Math.max(Math.min(toSequence, first - 1 + limit) - this.#first + 1, 0)
    const stored = this.#events.slice(first - this.#first, end)
    return () => stored.map((event, index) => this.#decode(event, first + index))
  }

  /** The stored snapshot, whatever spec it was made under. */
  get snapshot(): SnapshotRecord | undefined {
    return this.#snapshot
  }

  /** Hashes of the contents that its events name, as far as they can be read. */
  contents(): readonly string[] {
    return this.#events.flatMap((stored) => {
      try {
        return stored === undefined ? [] : contentsOfEvent(JSON.parse(stored.text) as EntityEvent)
      } catch {
        return []
      }
    })
  }

  /** Positions of the events that are there. */
  positions(): readonly bigint[] {
    return this.#events.flatMap((stored) => (stored === undefined ? [] : [stored.position]))
  }

  /** What is stored at each sequence: an event, or what is wrong there. */
  *inspect(): Generator<readonly [sequence: number, found: EntityEvent | 'missing' | 'undecodable']> {
    for (const [index, stored] of this.#events.entries())
      yield [this.#first + index, stored === undefined ? 'missing' : (parse(stored.text) ?? 'undecodable')]
  }

  /** Forgets everything but that it was erased. */
  erase(erasure: Erasure, { eventId, sequence, at, to }: EntityEvent, position: bigint, text: string): void {
    this.#first = sequence
    this.#events.splice(0, Infinity, { eventId, position, text })
    this.#sequenceOfKey.clear()
    this.#snapshot = undefined
    this.#status = to
    this.#updatedAt = at
    this.#deletedAt = at
    this.#erasure = erasure
    this.#owner = undefined
  }

  /** For tests: takes an event away, or makes it unreadable. */
  damage(sequence: number, how: 'lose' | 'garble'): void {
    const stored = this.#events[sequence - this.#first]
    if (stored === undefined) return
    this.#aside.set(sequence, stored)
    this.#events[sequence - this.#first] = how === 'lose' ? undefined : { ...stored, text: '{' }
  }

  /** For tests: undoes the damage. */
  mend(sequence: number): void {
    this.#events[sequence - this.#first] = this.#aside.get(sequence)
  }

  /** Appends a unit that has been accepted; `texts` are its events, encoded. */
  append(unit: CommitUnit, texts: readonly string[], firstPosition: bigint): void {
    for (const [index, event] of unit.events.entries()) {
      const { eventId, idempotencyKey } = event
      this.#events.push({ eventId, position: firstPosition + BigInt(index), text: texts[index] ?? '' })
      if (idempotencyKey !== undefined) this.#sequenceOfKey.set(idempotencyKey, event.sequence)
      this.#updatedAt = event.at
    }
    this.#status = unit.status
    this.#deletedAt = unit.deletedAt
    this.#owner = unit.owner
  }

  /** The stored snapshot, if it was made under this spec. */
  snapshotFor(specHash: string): SnapshotRecord | undefined {
    return this.#snapshot?.specHash === specHash ? copySnapshot(this.#snapshot) : undefined
  }

  /** Keeps a snapshot if it is newer than the one kept, or of another spec, and not ahead of the head. */
  keepSnapshot(snapshot: SnapshotRecord): void {
    if (this.#erasure !== undefined) return
    const { sequence, specHash } = this.#snapshot ?? { sequence: 0, specHash: snapshot.specHash }
    const replaces =
      snapshot.sequence > sequence || (snapshot.sequence === sequence && snapshot.specHash !== specHash)
    if (replaces && snapshot.sequence <= this.version) this.#snapshot = copySnapshot(snapshot)
  }

  #decode(stored: StoredEvent | undefined, sequence: number): EntityEvent {
    const event = stored && parse(stored.text)
    if (event !== undefined) return event
    const found = stored === undefined ? 'none' : 'something else'
    const message = `The events of ${formatEntityKey(this.#entity)} are damaged at sequence ${sequence}: expected an event, found ${found}. Restore them from a backup; this entity cannot be loaded.`
    const details = { entity: this.#entity, sequence, expected: 'an event', found }
    throw new StorageError('corrupt_stream', message, { details })
  }
}

function parse(text: string): EntityEvent | undefined {
  try {
    return JSON.parse(text) as EntityEvent
  } catch {
    return undefined
  }
}

function copySnapshot({ sequence, specHash, bytes }: SnapshotRecord): SnapshotRecord {
  return { sequence, specHash, bytes: new Uint8Array(bytes) }
}
