// Phase 3 of an entity's life, between replaying and stopping: its commands are decided in order, each against the newest state,
// and settled when their events have committed. Back to loading when what they were decided on turns out not to be so.
// Owned by the entity's process; knows nothing of loading.
import type { EntityKey, EntityModel, EntityState, PerdureError } from '@perdure/core'
import { rejectAll } from './command-request.ts'
import type { CommandRequest } from './command-request.ts'
import type { EntityDeps } from './entity-deps.ts'
import { EntityWrites } from './entity-writes.ts'
import type { WritesObserver } from './entity-writes.ts'
import { lostTooOften, tellFailure } from './failures.ts'
import { judgeCommand } from './judge-command.ts'
import type { Grounds, Verdict } from './judge-command.ts'
import type { ReplayMeasure } from './snapshot-schedule.ts'
import { UndecidedCommands } from './undecided-commands.ts'

/** How often a command is decided anew after losing to another host. */
const maxAttempts = 3

/** Told what the entity's process must see to. */
export interface RunningObserver {
  /** Nothing is decided any more until the entity has been read again: for the commands that wait, or for the next. */
  onEnded(): void
  onCommitted(state: EntityState): void
}

/**
 * From `begin` to `onEnded` commands are decided as they come; before and after, they wait. A conflict or a failed write
 * ends it: what was decided and is not stored is forgotten and, after a conflict, decided again on the fresh state.
 */
export class Running implements Grounds, WritesObserver {
  readonly entity: EntityKey
  readonly deps: EntityDeps
  readonly writes: EntityWrites
  readonly #observer: RunningObserver
  readonly #undecided = new UndecidedCommands()
  #model: EntityModel
  #isOn = false
  #isPaused = false

  constructor(entity: EntityKey, model: EntityModel, deps: EntityDeps, observer: RunningObserver) {
    this.entity = entity
    this.deps = deps
    this.writes = new EntityWrites(entity, model, deps, this)
    this.#observer = observer
    this.#model = model
  }

  /** What is decided by. */
  get model(): EntityModel {
    return this.#model
  }

  /** Whether commands are held back. */
  get isPaused(): boolean {
    return this.#isPaused
  }

  /** Commands that are not decided. */
  get waiting(): number {
    return this.#undecided.size
  }

  /** Takes a command; `drain` decides it, when its turn has come. */
  push(request: CommandRequest): void {
    this.#undecided.push(request)
  }

  /** Takes a command back that nothing has been decided about. @returns whether it could */
  withdraw(request: CommandRequest): boolean {
    return this.#undecided.withdraw(request)
  }

  /** The entity is being read: what waits now will be decided on a state that is newer than its question. */
  markFresh(): void {
    this.#undecided.markFresh()
  }

  /** Starts from a state that has been read. Nothing is decided before `drain`. */
  begin(state: EntityState, measure?: ReplayMeasure): void {
    this.writes.reset(this.#model, state, measure)
    this.#isOn = true
  }

  /** Starts without a look: a create needs none. If the entity exists after all, the commit says so. */
  beginUnborn(): void {
    this.writes.assumeUnborn(this.#model)
    this.#isOn = true
  }

  /** Decides what waits, as far as may be. */
  drain(): void {
    while (this.#isOn && !this.#isPaused && !this.#undecided.isHeld) {
      const request = this.#undecided.shift()
      if (request !== undefined) this.#carryOut(request, judgeCommand(this, request))
      // An entity that does not exist is looked for again: somebody else may create it.
      else if (this.writes.processedState.version === 0) this.#end()
      else return
    }
  }

  /** Holds commands back before they are decided, and waits until those that were have settled. Ended by `resume`. */
  async pause(): Promise<void> {
    this.#isPaused = true
    this.#undecided.putBack(this.#undecided.takeHeld())
    while (this.#isPaused && this.writes.size > 0) await this.writes.nextWord()
  }

  /** Goes on, under another model if there is one: then the entity is read again before its next command. */
  resume(model: EntityModel): void {
    const isChanged = model !== this.#model
    this.#model = model
    this.#isPaused = false
    if (isChanged && this.#isOn) this.#end()
    else this.drain()
  }

  /** Hands over what waits to be decided: it cannot be, for now. */
  takeWaiting(): readonly CommandRequest[] {
    return [...this.#undecided.takeHeld(), ...this.#undecided.takeInbox()]
  }

  /** Its state is behind, with nothing on its way: it is read again before it is used. */
  outdate(): void {
    this.#end()
  }

  /** Decides nothing any more. What waits is left to whoever closes it. */
  close(): void {
    this.#isOn = false
  }

  onCommitted(state: EntityState): void {
    this.#observer.onCommitted(state)
  }

  onConflict(actualVersion: number): void {
    const { inFlight, behind } = this.writes.forget()
    for (const request of inFlight) request.attempts++
    const lost = inFlight.filter(({ attempts }) => attempts >= maxAttempts)
    this.#end([...inFlight.filter(({ attempts }) => attempts < maxAttempts), ...behind])
    if (lost.length > 0) rejectAll(lost, lostTooOften(this.entity, maxAttempts, actualVersion))
  }

  onFailed(error: PerdureError): void {
    const { inFlight, behind } = this.writes.forget()
    const waiting = this.takeWaiting()
    this.#end()
    rejectAll([...inFlight, ...behind, ...waiting], tellFailure(this.entity, error))
  }

  #carryOut(request: CommandRequest, verdict: Verdict): void {
    switch (verdict.kind) {
      case 'event':
      case 'repeat':
      case 'refusal':
        this.writes.add(verdict)
        return
      case 'outcome':
        request.settle(verdict.outcome)
        return
      case 'outdated':
        this.#end([request])
        return
      case 'lookUp':
        this.#undecided.hold(request, verdict.find, (judge) => {
          this.#carryOut(request, judge())
          this.drain()
        })
    }
  }

  /** With nothing on its way. @param again - commands to decide once more, before all others */
  #end(again: readonly CommandRequest[] = []): void {
    this.#isOn = false
    this.writes.forget()
    this.#undecided.putBack([...again, ...this.#undecided.takeHeld()])
    this.#observer.onEnded()
  }
}
