// Looking at entities from outside: their states, fields and histories. Used by the host and by its references.
import { formatEntityKey, upcastEvent } from '@perdure/core'
import type { EntityEvent, EntityFilter, EntityHead, EntityKey, JsonValue } from '@perdure/core'
import type { Actor } from 'xstate'
import { EntityNotFound } from '../errors/host-errors.ts'
import type { EntityDeps } from '../entity/entity-deps.ts'
import { wake } from '../entity/entity-logic.ts'
import type { EntityLogic } from '../entity/entity-logic.ts'
import type { EntityProcess } from '../entity/entity-process.ts'
import { hydrateState, readFieldValue } from '../entity/entity-reader.ts'
import type { HostLife } from './host-life.ts'
import { readEntities, readHistory } from './paging.ts'
import type { Registry } from './registry.ts'
import type { HistoryOptions, StateOptions } from './state-options.ts'
import { viewState } from './state-view.ts'
import type { StateView } from './state-view.ts'

/** Reads the entities of one host. */
export class EntityViews {
  readonly #life: HostLife
  readonly #registry: Registry
  readonly #deps: EntityDeps

  constructor(life: HostLife, registry: Registry, deps: EntityDeps) {
    this.#life = life
    this.#registry = registry
    this.#deps = deps
  }

  /** @throws HostStopped */
  actor(entity: EntityKey): Actor<EntityLogic> {
    this.#life.refuseWhenStopping(entity)
    const { actor, process } = this.#registry.activate(entity)
    this.#registry.pin(entity)
    wake(process, this.#deps)
    return actor
  }

  async state(
    entity: EntityKey,
    { hydrate = false, consistency = 'committed', signal }: StateOptions,
  ): Promise<StateView> {
    const process = await this.#activated(entity, signal)
    const state = consistency === 'committed' ? process.committedState : process.processedState
    if (!hydrate) return viewState(state)
    const pendingContent = (hash: string) => process.pendingContent(hash)
    return viewState(await hydrateState(this.#deps, process.model, entity, state, pendingContent))
  }

  async readField(entity: EntityKey, field: string): Promise<JsonValue | undefined> {
    const process = await this.#activated(entity)
    return readFieldValue(this.#deps, process.model, entity, process.committedState, field)
  }

  history(entity: EntityKey, { names = 'today' }: HistoryOptions = {}): AsyncIterable<EntityEvent> {
    const model = this.#registry.model(entity.type)
    return readHistory(this.#life, this.#deps.storage, entity, (event) =>
      names === 'stored' ? event : upcastEvent(model, event),
    )
  }

  entities(filter: Omit<EntityFilter, 'afterId' | 'limit'>): AsyncIterable<EntityHead> {
    return readEntities(this.#life, this.#deps.storage, this.#registry.model(filter.type), filter)
  }

  /** The entity in memory, loaded. Starts again if it is let go of at just that moment. */
  async #activated(entity: EntityKey, signal?: AbortSignal): Promise<EntityProcess> {
    for (;;) {
      this.#life.refuseWhenStopping(entity)
      const { process } = this.#registry.activate(entity)
      await process.activate(signal)
      if (process.phase === 'stopped') continue
      if (process.committedState.version > 0) return process
      throw new EntityNotFound(formatEntityKey(entity))
    }
  }
}
