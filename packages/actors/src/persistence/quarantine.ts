// Entities that are left alone, because what is stored of them cannot be read, or what they have to write cannot be stored.
// Whoever asks is answered at once, so that they cost the storage and their neighbours nothing. One for a host; entities
// and the write cycle put in and take out, health tells, people release.
import { formatEntityKey } from '@perdure/core'
import type { Clock, EntityKey, PerdureError } from '@perdure/core'
import { keyText } from '../entity/key-text.ts'
import { EntityQuarantined } from '../errors/host-errors.ts'

/**
 * What is wrong with an entity. `unreadable`: its events are damaged; neither commands nor reads, but the storage is looked
 * at again from time to time. `unwritable`: its writes fail while those of others succeed; no commands, until released.
 */
export type QuarantineKind = 'unreadable' | 'unwritable'

/** An entity in quarantine. */
export interface Quarantined {
  readonly entity: EntityKey
  readonly kind: QuarantineKind
  /** Of the read or write that failed last. */
  readonly cause: PerdureError
  /** Epoch milliseconds. */
  readonly since: number
}

interface Cell extends Quarantined {
  /** From when on it may be tried again, epoch milliseconds. */
  readonly untilAt: number
}

/** How long a damaged stream is not read again, milliseconds: somebody may have repaired it. */
const unreadableMs = 5_000

/** Entities that are kept. What comes on top of them is tried again each time it is asked for. */
const maxEntities = 10_000

/** Keeps entities in quarantine. */
export class Quarantine {
  readonly #clock: Pick<Clock, 'now'>
  readonly #cells = new Map<string, Cell>()

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  get entities(): readonly Quarantined[] {
    return [...this.#cells.values()]
  }

  /** What a command of the entity is answered; undefined when it may be tried. */
  errorOf(entity: EntityKey): EntityQuarantined | undefined {
    // Asked once a command, and nearly always empty.
    return this.#cells.size === 0 ? undefined : tell(this.#find(entity))
  }

  /** What somebody who reads the entity is answered; undefined when it may be tried. */
  readErrorOf(entity: EntityKey): EntityQuarantined | undefined {
    const found = this.#find(entity)
    return found?.kind === 'unreadable' ? tell(found) : undefined
  }

  /** Puts an entity into quarantine, or has it stay. */
  confine(entity: EntityKey, kind: QuarantineKind, cause: PerdureError): void {
    const key = keyText(entity)
    const now = this.#clock.now()
    const before = this.#cells.get(key)
    if (before === undefined && this.#cells.size >= maxEntities) return
    const untilAt = kind === 'unreadable' ? now + unreadableMs : Infinity
    this.#cells.set(key, { entity, kind, cause, since: before?.since ?? now, untilAt })
  }

  /** The entity could be read. */
  noteRead(entity: EntityKey): void {
    if (this.#cells.size === 0) return
    const key = keyText(entity)
    if (this.#cells.get(key)?.kind === 'unreadable') this.#cells.delete(key)
  }

  /** Lets an entity go on. @returns whether it was in quarantine */
  release(entity: EntityKey): boolean {
    return this.#cells.delete(keyText(entity))
  }

  #find(entity: EntityKey): Quarantined | undefined {
    const cell = this.#cells.get(keyText(entity))
    return cell === undefined || this.#clock.now() >= cell.untilAt ? undefined : cell
  }
}

function tell(found: Quarantined | undefined): EntityQuarantined | undefined {
  return found && new EntityQuarantined(formatEntityKey(found.entity), found.kind, found.cause)
}
