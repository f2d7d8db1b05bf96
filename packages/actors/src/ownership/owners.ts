// Which lease an entity is under, as far as this host remembers. A hint that may be wrong at any time: whoever acts on it finds
// out by a conflict, or by an owner that declines.
import type { EntityKey } from '@perdure/core'
import { keyText } from '../entity/key-text.ts'
import { AgingMap } from '../queue/aging-map.ts'

/** Remembers so many entities; of more, those that were learned of first are forgotten. */
export class Owners {
  readonly #leases = new AgingMap<string, number>()
  readonly #maxEntities: number
  #held = 0
  #own: number | undefined

  constructor(maxEntities: number) {
    this.#maxEntities = maxEntities
  }

  /** Entities remembered as this host's own. */
  get held(): number {
    return this.#held
  }

  /** This host goes on under another lease, or none: nothing that was known holds. */
  reset(own: number | undefined): void {
    this.#own = own
    this.#held = 0
    this.#leases.clear()
  }

  find(entity: EntityKey): number | undefined {
    return this.#leases.get(keyText(entity))
  }

  learn(entity: EntityKey, lease: number): void {
    const key = keyText(entity)
    this.#drop(key)
    const { oldest } = this.#leases
    if (oldest !== undefined && this.#leases.size >= this.#maxEntities) this.#drop(oldest[0])
    this.#leases.set(key, lease)
    if (lease === this.#own) this.#held++
  }

  forget(entity: EntityKey): void {
    this.#drop(keyText(entity))
  }

  #drop(key: string): void {
    const lease = this.#leases.get(key)
    if (lease === undefined) return
    this.#leases.delete(key)
    if (lease === this.#own) this.#held--
  }
}
