import type { EntityKey, EntityState, Logger } from '@perdure/core'
import { formatEntityKey } from '@perdure/core'
import { keyText } from '../entity/key-text.ts'
import { viewState } from './state-view.ts'
import type { StateView } from './state-view.ts'
import type { Subscription } from './subscription.ts'

interface Audience {
  readonly listeners: Set<(state: StateView) => void>
  /** Of the newest state they were told. */
  version: number
}

/** Who wants to hear of which entity. Listeners outlive the actor: an entity may leave memory and come back. */
export class Listeners {
  readonly #byEntity = new Map<string, Audience>()
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger
  }

  add(entity: EntityKey, listener: (state: StateView) => void): Subscription {
    const key = keyText(entity)
    const audience = this.#byEntity.get(key) ?? { listeners: new Set(), version: 0 }
    const { listeners } = audience
    this.#byEntity.set(key, audience)
    // A wrapper of its own, so that one function may subscribe twice.
    const own = (state: StateView): void => listener(state)
    listeners.add(own)
    return {
      unsubscribe: () => {
        listeners.delete(own)
        if (listeners.size === 0 && this.#byEntity.get(key) === audience) this.#byEntity.delete(key)
      },
    }
  }

  /** Tells them. One that throws is logged; the others, and the entity, go on. */
  tell(entity: EntityKey, state: EntityState): void {
    const audience = this.#byEntity.size === 0 ? undefined : this.#byEntity.get(keyText(entity))
    // States come by way of several hosts: nobody is told of an older one after a newer.
    if (audience === undefined || state.version <= audience.version) return
    audience.version = state.version
    const { listeners } = audience
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
