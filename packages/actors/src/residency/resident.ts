// An entity in memory: its process and, once somebody asks for it, the XState actor that shows it. Made by the host's
// registry, kept by the residents.
import { formatEntityKey } from '@perdure/core'
import type { Command, EntityKey, EntityModel, EntityState } from '@perdure/core'
import { createActor } from 'xstate'
import type { Actor } from 'xstate'
import type { EntityDeps } from '../entity/entity-deps.ts'
import { shownLogic } from '../entity/entity-logic.ts'
import type { EntityLogic } from '../entity/entity-logic.ts'
import type { EntityObserver, EntityPhase } from '../entity/entity-phase.ts'
import { EntityProcess } from '../entity/entity-process.ts'

/** Whose resident it is. */
export interface ResidentOwner {
  readonly deps: EntityDeps
  /** The entity is deleted, or its actor has ended. */
  onGone(resident: Resident): void
}

/** Shows what the process says to its actor, if there is one. */
export class Resident implements EntityObserver {
  readonly process: EntityProcess
  /** Asked for since the last look. */
  isInUse = true
  /** Let go of only when asked to by name. */
  isPinned = false
  readonly #owner: ResidentOwner
  #actor: Actor<EntityLogic> | undefined
  #shown: EntityObserver | undefined

  constructor(entity: EntityKey, model: EntityModel, owner: ResidentOwner) {
    this.#owner = owner
    this.process = new EntityProcess({ entity, model, deps: owner.deps, observer: this })
  }

  get entity(): EntityKey {
    return this.process.entity
  }

  /**
   * The actor, started. Made when it is first asked for: it takes several times the memory of the entity itself
   * (bench/b07), and time in every command.
   */
  get actor(): Actor<EntityLogic> {
    this.#actor ??= this.#makeActor()
    return this.#actor
  }

  /** For those who inspect the actor: a command was asked of the entity. */
  noteAsked(command: Command): void {
    this.#actor?.send({ type: 'perdure.asked', command })
  }

  /** Ends the process, and the actor with it. */
  stop(): void {
    if (this.#actor === undefined) this.process.stop()
    else this.#actor.stop()
  }

  onPhase(phase: EntityPhase): void {
    this.#shown?.onPhase(phase)
  }

  onLoaded(state: EntityState): void {
    this.#shown?.onLoaded(state)
    this.#leaveWhenDeleted(state)
  }

  onCommitted(state: EntityState): void {
    this.#shown?.onCommitted(state)
    this.#leaveWhenDeleted(state)
  }

  #leaveWhenDeleted({ deletedAt }: EntityState): void {
    if (deletedAt !== undefined) this.#owner.onGone(this)
  }

  #makeActor(): Actor<EntityLogic> {
    const { process } = this
    const logic = shownLogic(process, this.#owner.deps, (observer) => (this.#shown = observer))
    const actor = createActor(logic, { id: formatEntityKey(this.entity), input: this.entity })
    const leave = (): void => this.#owner.onGone(this)
    actor.subscribe({ complete: leave, error: leave })
    return actor.start()
  }
}
