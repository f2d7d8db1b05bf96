import type { EntityKey, EntityState, Logger } from '@perdure/core'
import { formatEntityKey } from '@perdure/core'
import { keyText } from '../entity/key-text.ts'
import { viewState } from './state-view.ts'
import type { StateView } from './state-view.ts'
import type { Subscription } from './subscription.ts'

/** Who wants to hear of which entity. Listeners outlive the actor: an entity may leave memory and come back. */
export class Listeners {
  readonly #byEntity = new Map<string, Set<(state: StateView) => void>>()
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger
  }

  add(entity: EntityKey, listener: (state: StateView) => void): Subscription {
    const key = keyText(entity)
    const listeners = this.#byEntity.get(key) ?? new Set()
    this.#byEntity.set(key, listeners)
    // A wrapper of its own, so that one function may subscribe twice.
    const own = (state: StateView): void => listener(state)
    listeners.add(own)
    return {
      unsubscribe: () => {
        listeners.delete(own)
        if (listeners.size === 0 && this.#byEntity.get(key) === listeners) this.#byEntity.delete(key)
      },
    }
  }

  /** Tells them. One that throws is logged; the others, and the entity, go on. */
  tell(entity: EntityKey, state: EntityState): void {
    const listeners = this.#byEntity.size === 0 ? undefined : this.#byEntity.get(keyText(entity))
    if (listeners === undefined) return
    // A copy: who subscribes while others are told hears of the next state, not of this one.
    for (const listener of Array.from(listeners)) {
      if (!listeners.has(listener)) continue
      try {
        listener(viewState(state))
      } catch (error) {
        this.#logger.error({ entity: formatEntityKey(entity), error: String(error) }, 'a subscriber threw')
      }
    }
  }
}
