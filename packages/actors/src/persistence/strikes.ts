// Writes that fail for good, counted by entity: when is it the entity that cannot be stored, and not the storage that fails?
import type { EntityKey, PerdureError } from '@perdure/core'
import { keyText } from '../entity/key-text.ts'

/** Failures in a row, with a success of somebody else in between, that put an entity into quarantine. */
const strikesToQuarantine = 3

/**
 * What a storage says of itself, whichever entity happens to ask: small writes may still succeed on a disk that is full for
 * large ones. Nobody is confined for it.
 */
const ofTheStorage: ReadonlySet<string> = new Set(['storage_full', 'storage_forbidden', 'storage_closed'])

interface Count {
  readonly strikes: number
  /** Units that the host had stored when the first one failed. */
  readonly storedBefore: number
}

/** Counts failures; a success of the entity clears them. */
export class Strikes {
  readonly #counts = new Map<string, Count>()

  /**
   * A write of the entity failed alone. Without a success of another entity since the first strike it is the storage that
   * fails, not the entity. @param stored - units that the host has stored so far @returns whether it is to go into quarantine
   */
  strike(entity: EntityKey, { code }: PerdureError, stored: number): boolean {
    if (ofTheStorage.has(code)) return false
    const key = keyText(entity)
    const { strikes, storedBefore } = this.#counts.get(key) ?? { strikes: 0, storedBefore: stored }
    this.#counts.set(key, { strikes: strikes + 1, storedBefore })
    return strikes + 1 >= strikesToQuarantine && stored > storedBefore
  }

  /** A write of the entity succeeded, or it is in quarantine. */
  clear(entity: EntityKey): void {
    if (this.#counts.size > 0) this.#counts.delete(keyText(entity))
  }
}
