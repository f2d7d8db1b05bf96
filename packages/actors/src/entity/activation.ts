// Phases 1 and 2 in a row: what storage has of an entity becomes a state. Made by the entity's process each time it needs
// one; looks into the quarantine first, and puts in and takes out.
import { isPerdureError, unborn } from '@perdure/core'
import type { EntityKey, EntityModel, PerdureError } from '@perdure/core'
import type { EntityDeps } from './entity-deps.ts'
import { loadFailure } from './failures.ts'
import { loadEntity } from './loading.ts'
import { replayEntity } from './replaying.ts'
import type { ReplayedEntity } from './replaying.ts'

/** What an activation comes to. */
export type Activated =
  | { readonly kind: 'read'; readonly entity: ReplayedEntity }
  | { readonly kind: 'failed'; readonly failure: PerdureError }
  /** Nobody wanted to know any more. */
  | { readonly kind: 'unwanted' }

/** Whose activation it is. */
export interface ActivationObserver {
  readonly isStopped: boolean
  enter(phase: 'loading' | 'replaying'): void
}

/** One reading of an entity, under one model. */
export class Activation {
  readonly #entity: EntityKey
  readonly #model: EntityModel
  readonly #deps: EntityDeps
  readonly #observer: ActivationObserver
  /** Ends the wait for a turn to be read. */
  readonly #unwanted = new AbortController()

  constructor(entity: EntityKey, model: EntityModel, deps: EntityDeps, observer: ActivationObserver) {
    this.#entity = entity
    this.#model = model
    this.#deps = deps
    this.#observer = observer
  }

  /** Nobody wants it any more: unless it is being read already, it is not. */
  giveUp(): void {
    this.#unwanted.abort()
  }

  /** Reads. Never throws. */
  async run(): Promise<Activated> {
    const { quarantine } = this.#deps.cycle
    const known = quarantine.readErrorOf(this.#entity)
    if (known !== undefined) return { kind: 'failed', failure: known }
    try {
      const entity = await this.#read()
      quarantine.noteRead(this.#entity)
      return { kind: 'read', entity }
    } catch (error) {
      const { signal } = this.#unwanted
      if (signal.aborted && error === signal.reason) return { kind: 'unwanted' }
      const failure = loadFailure(this.#entity, error)
      if (isPerdureError(failure, 'corrupt_stream')) {
        quarantine.confine(this.#entity, 'unreadable', failure)
      }
      return { kind: 'failed', failure }
    }
  }

  async #read(): Promise<ReplayedEntity> {
    const observer = this.#observer
    observer.enter('loading')
    const deps = { ...this.#deps, isWanted: () => !observer.isStopped }
    const loaded = await loadEntity(deps, this.#model, this.#entity, this.#unwanted)
    if (loaded === undefined || observer.isStopped) return { state: unborn }
    observer.enter('replaying')
    // Erased between two pages: that is what the next look finds.
    return (await replayEntity(deps, this.#model, this.#entity, loaded)) ?? this.#read()
  }
}
