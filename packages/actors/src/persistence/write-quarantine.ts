// Entities whose writes fail for good while those of others succeed. They answer at once, so that they cost their
// neighbours nothing, until somebody releases them.
import { formatEntityKey } from '@perdure/core'
import type { EntityKey, PerdureError } from '@perdure/core'
import { keyText } from '../entity/key-text.ts'
import { EntityQuarantined } from '../errors/host-errors.ts'

/** Failures in a row, with a success of somebody else in between, that put an entity into quarantine. */
const strikesToQuarantine = 3

/**
 * What a storage says of itself, whichever entity happens to ask: small writes may still succeed on a disk that is full for
 * large ones. Nobody is confined for it.
 */
const ofTheStorage: ReadonlySet<string> = new Set(['storage_full', 'storage_forbidden', 'storage_closed'])

/** An entity in quarantine. */
export interface Quarantined {
  readonly entity: EntityKey
  /** Of the write that failed last. */
  readonly cause: PerdureError
  /** Epoch milliseconds. */
  readonly since: number
}

interface Strikes {
  readonly count: number
  /** Units that the host had stored when the first one failed. */
  readonly storedBefore: number
}

/** Counts strikes; a success of the entity clears them. */
export class WriteQuarantine {
  readonly #strikes = new Map<string, Strikes>()
  readonly #entities = new Map<string, Quarantined>()

  get entities(): readonly Quarantined[] {
    return [...this.#entities.values()]
  }

  /** What an entity in quarantine answers. */
  errorOf(entity: EntityKey): EntityQuarantined | undefined {
    if (this.#entities.size === 0) return undefined
    const found = this.#entities.get(keyText(entity))
    return found && new EntityQuarantined(formatEntityKey(entity), found.cause)
  }

  /**
   * A write of the entity failed alone, for good. Without a success of another entity since the first strike it is
   * the storage that fails, not the entity. @param stored - units that the host has stored so far @returns whether that puts it into quarantine
   */
  strike(entity: EntityKey, cause: PerdureError, stored: number, now: number): boolean {
    if (ofTheStorage.has(cause.code)) return false
    const key = keyText(entity)
    const { count, storedBefore } = this.#strikes.get(key) ?? { count: 0, storedBefore: stored }
    this.#strikes.set(key, { count: count + 1, storedBefore })
    if (count + 1 < strikesToQuarantine || stored === storedBefore) return false
    this.confine(entity, cause, now)
    return true
  }

  /** Puts an entity into quarantine at once. */
  confine(entity: EntityKey, cause: PerdureError, now: number): void {
    const key = keyText(entity)
    this.#strikes.delete(key)
    this.#entities.set(key, { entity, cause, since: now })
  }

  /** A write of the entity succeeded. */
  clear(entity: EntityKey): void {
    if (this.#strikes.size > 0) this.#strikes.delete(keyText(entity))
  }

  /** Lets an entity go on. @returns whether it was in quarantine */
  release(entity: EntityKey): boolean {
    return this.#entities.delete(keyText(entity))
  }
}
