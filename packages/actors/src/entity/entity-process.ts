// One entity at work: takes commands in order, decides each against the newest state, hands events to the write cycle
// and settles each command when its event has committed. Owned by one actor; knows nothing of hosts or of XState.
import { PerdureError, StorageError, formatEntityKey, unborn } from '@perdure/core'
import type {
  BlobWrite,
  CommitUnit,
  EntityKey,
  EntityModel,
  EntityState,
  Knowledge,
  Needs,
} from '@perdure/core'
import { instruments } from '../observe/instruments.ts'
import { observe } from '../observe/observed-storage.ts'
import { EntityErased } from '../errors/host-errors.ts'
import type { Writer } from '../persistence/writer.ts'
import { BirthAssumption } from './birth-assumption.ts'
import type { CommandRequest } from './command-request.ts'
import { commitUnitOf } from './commit-unit-of.ts'
import { decideCommand } from './decide-command.ts'
import type { EntityDeps } from './entity-deps.ts'
import { loadFailure, lostTooOften, stopError, tellFailure, unavailable } from './failures.ts'
import type { EntityObserver, EntityPhase } from './entity-phase.ts'
import { findKnowledge } from './find-knowledge.ts'
import { findFirstOutcome, reuseProblem } from './idempotency.ts'
import { loadEntity } from './loading.ts'
import { Pause } from './pause.ts'
import { outcomeOf } from './pending-command.ts'
import type { PendingEvent } from './pending-command.ts'
import { PendingCommands } from './pending-commands.ts'
import { replayEntity } from './replaying.ts'
import { Quarantine } from './quarantine.ts'
import { UndecidedCommands } from './undecided-commands.ts'

/** How often a command is decided anew after losing to another host. */
const maxAttempts = 3

/**
 * Phases: `unloaded` (a command starts the activation) → `loading` → `replaying` → `running` (commands are decided) →
 * `stopped`. A conflict or a failed write leads from `running` back to `unloaded`: what was decided and not committed is
 * forgotten, and after a conflict decided again on the fresh state. Commands that come meanwhile wait in order. An
 * entity that does not exist goes back to `unloaded` as soon as it has nothing to do: somebody else may create it.
 */
export class EntityProcess implements Writer {
  readonly entity: EntityKey
  #model: EntityModel
  readonly #deps: EntityDeps
  readonly #observer: EntityObserver
  readonly #undecided = new UndecidedCommands()
  readonly #pending = new PendingCommands()
  #phase: EntityPhase = 'unloaded'
  #committed: EntityState = unborn
  #processed: EntityState = unborn
  /** While held, the committed state is a guess. */
  readonly #assumption = new BirthAssumption()
  /** While paused, no command is decided; who waits for that is told once nothing is on its way either. */
  readonly #pause = new Pause()
  /** What is wrong with what is stored, while it is not looked at again. */
  readonly #quarantine: Quarantine
  /** What whoever asks hears once it has stopped. */
  #stopReason: PerdureError
  /** Under way while the phase is `loading` or `replaying`. */
  #activation: Promise<void> | undefined

  constructor(options: {
    readonly entity: EntityKey
    readonly model: EntityModel
    readonly deps: EntityDeps
    readonly observer: EntityObserver
  }) {
    this.entity = options.entity
    this.#model = options.model
    this.#deps = options.deps
    this.#observer = options.observer
    this.#quarantine = new Quarantine(options.deps.clock)
    this.#stopReason = stopError(options.entity)
  }

  /** What it decides and reads by. */
  get model(): EntityModel {
    return this.#model
  }

  get phase(): EntityPhase {
    return this.#phase
  }

  /** The newest state that is certain; `unborn` before creation. */
  get committedState(): EntityState {
    return this.#committed
  }

  /** The newest state there is, committed or not. */
  get processedState(): EntityState {
    return this.#processed
  }

  /** Whether it has nothing to do, so that it may be let go of. */
  get isIdle(): boolean {
    return this.#undecided.size === 0 && this.#pending.size === 0 && this.#activation === undefined
  }

  /** Content that is decided and may not be in storage yet. */
  pendingContent(hash: string): BlobWrite | undefined {
    return this.#pending.findContent(hash)
  }

  /** Takes a command; its outcome comes through `settle`, never from here. */
  submit(request: CommandRequest): void {
    const { failure } = this.#deps.cycle
    if (failure !== undefined || this.#phase === 'stopped') {
      request.settle({ ok: false, error: tellFailure(this.entity, failure ?? this.#stopReason) })
      return
    }
    this.#undecided.push(request)
    if (this.#pause.isHeld) return
    if (this.#phase === 'running') this.#drain()
    else if (this.#mayBeUnborn(request)) this.#runUnborn()
    else this.#activateQuietly()
  }

  /**
   * Loads and replays, unless that is done or under way, and waits until it is certain whether the entity exists.
   * @throws PerdureError when it cannot; waiting commands get it too
   */
  async activate(): Promise<void> {
    if (this.#assumption.isHeld) await this.#assumption.ended()
    if (this.#phase === 'unloaded') this.#activation = this.#load()
    await this.#activation
  }

  /** Ends the process: what is not in flight is rejected, with the reason given; what is in flight still settles. */
  stop(reason: PerdureError = this.#stopReason): void {
    this.#stopReason = reason
    this.#enter('stopped')
    const undecided = [...this.#undecided.takeHeld(), ...this.#undecided.takeInbox()]
    this.#settleAll([...this.#pending.dropBehind(), ...undecided], reason)
    if (this.#pending.size === 0) this.#assumption.end()
    this.#noteQuiet()
  }

  /**
   * Holds commands back before they are decided, and waits until those that were have settled. Ended by `resume`.
   */
  async pause(): Promise<void> {
    this.#pause.begin()
    this.#undecided.putBack(this.#undecided.takeHeld())
    if (this.#pending.size > 0) await this.#pause.untilQuiet()
  }

  /** Goes on, under another model if there is one: then the entity is read again before its next command. */
  resume(model: EntityModel = this.#model): void {
    const isChanged = model !== this.#model
    this.#model = model
    this.#pause.end()
    if (this.#isStopped()) return
    if (isChanged && this.#phase === 'running') this.#enter('unloaded')
    if (this.#phase === 'running') this.#drain()
    else if (this.#undecided.size > 0) this.#activateQuietly()
  }

  takeUnit(maxEvents: number): CommitUnit | undefined {
    return commitUnitOf(this.#model, this.entity, this.#committed, this.#pending.take(maxEvents))
  }

  committed(): void {
    const certain = this.#pending.takeCertain()
    const last = certain.findLast((pending) => pending.kind === 'event')
    if (last !== undefined) this.#committed = last.state
    this.#assumption.end()
    // Before anybody is told: whatever a listener does, what is left is on its way.
    if (this.#pending.size > 0) this.#deps.cycle.put(this)
    for (const pending of certain) pending.request.settle(outcomeOf(pending))
    if (last !== undefined) this.#observer.onCommitted(last.state)
    this.#noteQuiet()
  }

  conflicted(actualVersion: number): void {
    const { inFlight, behind } = this.#forget()
    const again: CommandRequest[] = []
    for (const request of inFlight) {
      request.attempts++
      if (request.attempts < maxAttempts) again.push(request)
      else request.settle({ ok: false, error: lostTooOften(this.entity, maxAttempts, actualVersion) })
    }
    this.#decideAgain([...again, ...behind])
    this.#noteQuiet()
  }

  failed(error: PerdureError): void {
    const { inFlight, behind } = this.#forget()
    this.#settleAll([...inFlight, ...behind, ...this.#undecided.takeInbox()], tellFailure(this.entity, error))
    this.#noteQuiet()
  }

  #noteQuiet(): void {
    if (this.#pending.size === 0) this.#pause.noteQuiet()
  }

  /** Puts commands back in front of the inbox, and looks at the entity afresh before they are decided. */
  #decideAgain(requests: readonly CommandRequest[]): void {
    if (this.#phase === 'stopped') {
      this.#settleAll(requests, this.#stopReason)
      return
    }
    this.#undecided.putBack(requests)
    if (this.#undecided.size > 0) this.#activateQuietly()
  }

  /** Drops everything that was decided and not committed. @returns its requests, in order */
  #forget() {
    const { inFlight, behind } = this.#pending.dropAll()
    const undecided = this.#undecided.takeHeld()
    this.#processed = this.#committed
    this.#enter('unloaded')
    this.#assumption.end()
    return { inFlight, behind: [...behind, ...undecided] }
  }

  async #load(): Promise<void> {
    const model = this.#model
    let state: EntityState
    try {
      state = await this.#readState(model)
    } catch (error) {
      if (this.#isStopped()) return
      if (model !== this.#model) return this.#load()
      const failure = loadFailure(this.entity, error)
      this.#quarantine.take(failure)
      const waiting = this.#undecided.takeInbox()
      // In one step with the phase: who comes from now on starts an activation of his own.
      this.#activation = undefined
      this.#enter('unloaded')
      this.#settleAll(waiting, failure)
      throw failure
    }
    // Read under a model that another has taken the place of meanwhile: it says nothing any more.
    if (model !== this.#model && !this.#isStopped()) return this.#load()
    this.#activation = undefined
    if (!this.#isStopped()) this.#run(state)
  }

  async #readState(model: EntityModel): Promise<EntityState> {
    const known = this.#quarantine.failure
    if (known !== undefined) throw known
    this.#enter('loading')
    const isWanted = (): boolean => !this.#isStopped()
    const loaded = await loadEntity({ ...this.#deps, isWanted }, model, this.entity)
    if (loaded === undefined || this.#isStopped()) return unborn
    const { erasedAt } = loaded.head
    if (erasedAt !== undefined) throw new EntityErased(formatEntityKey(this.entity), erasedAt)
    this.#enter('replaying')
    const attributes = { 'perdure.type': this.entity.type, 'perdure.events': loaded.tail.length }
    return observe(this.#deps.telemetry, instruments.replay.name, attributes, () =>
      replayEntity(this.#deps, model, this.entity, loaded),
    )
  }

  /** Activates for the sake of the commands that wait: they are told of a failure themselves. */
  #activateQuietly(): void {
    this.activate().catch(() => {})
  }

  #mayBeUnborn({ command }: CommandRequest): boolean {
    return this.#phase === 'unloaded' && command.kind === 'create' && this.#quarantine.failure === undefined
  }

  /** A create needs no look first: if the entity exists after all, the commit says so. */
  #runUnborn(): void {
    this.#assumption.hold()
    this.#run(unborn)
  }

  #run(state: EntityState): void {
    this.#committed = state
    this.#processed = state
    this.#enter('running')
    if (state.version > 0) this.#observer.onLoaded(state)
    this.#drain()
  }

  #drain(): void {
    while (this.#phase === 'running' && !this.#undecided.isHeld && !this.#pause.isHeld) {
      const request = this.#undecided.shift()
      if (request === undefined) {
        if (this.#processed.version === 0) this.#enter('unloaded')
        return
      }
      this.#process(request)
    }
  }

  /** Decides one command, after looking whether it has been decided before. */
  #process(request: CommandRequest): void {
    const { idempotencyKey } = request.command.meta
    const first = idempotencyKey === undefined ? undefined : this.#pending.findEvent(idempotencyKey)
    if (first !== undefined) this.#repeat(request, first)
    else if (idempotencyKey === undefined || this.#processed.version === 0) this.#decide(request)
    else this.#wait(request, () => this.#lookUp(request, idempotencyKey))
  }

  async #lookUp(request: CommandRequest, idempotencyKey: string): Promise<() => void> {
    const { command } = request
    const [deps, model, entity] = [this.#deps, this.#model, this.entity]
    const outcome = await findFirstOutcome(deps, model, entity, command, idempotencyKey, this.#committed)
    if (outcome === undefined) return () => this.#decide(request)
    return () => request.settle(outcome)
  }

  #repeat(request: CommandRequest, first: PendingEvent): void {
    const error = reuseProblem(this.#model, this.entity, request.command, first.event)
    this.#pending.push(
      error === undefined ? { kind: 'repeat', request, of: first } : { kind: 'refusal', request, error },
    )
  }

  #decide(request: CommandRequest, knowledge: Knowledge = {}): void {
    const decided = decideCommand({
      deps: this.#deps,
      model: this.#model,
      entity: this.entity,
      state: this.#processed,
      command: request.command,
      knowledge,
    })
    switch (decided.kind) {
      case 'event':
        this.#processed = decided.state
        this.#pending.push({ request, ...decided })
        this.#deps.cycle.put(this)
        return
      case 'refusal':
        this.#refuse(request, decided.error)
        return
      case 'needs':
        this.#wait(request, () => this.#fetch(request, decided.needs, knowledge))
    }
  }

  async #fetch(request: CommandRequest, needs: Needs, known: Knowledge): Promise<() => void> {
    const pendingContent = (hash: string) => this.pendingContent(hash)
    const found = await findKnowledge(
      this.#deps,
      this.#model,
      this.entity,
      this.#processed,
      pendingContent,
      needs,
      known,
    )
    return () => this.#decide(request, found)
  }

  /** Holds the commands behind this one while something is looked up for it, then goes on with all of them. */
  #wait(request: CommandRequest, lookUp: () => Promise<() => void>): void {
    const goOn = (next: () => void): void => {
      next()
      this.#drain()
    }
    this.#undecided.hold(request, lookUp, goOn, (error) => {
      const isKnown = error instanceof PerdureError && !(error instanceof StorageError)
      goOn(() => this.#refuse(request, isKnown ? error : unavailable(this.entity, error)))
    })
  }

  /** Refuses a command once it is certain that it must be: on what has committed, at once; else when that has. */
  #refuse(request: CommandRequest, error: PerdureError): void {
    if (this.#pending.size > 0) this.#pending.push({ kind: 'refusal', request, error })
    else if (this.#assumption.isHeld) {
      this.#forget()
      this.#decideAgain([request])
    } else request.settle({ ok: false, error })
  }

  #settleAll(requests: readonly CommandRequest[], error: PerdureError): void {
    for (const request of requests) request.settle({ ok: false, error })
  }

  #isStopped(): boolean {
    return this.#phase === 'stopped'
  }

  #enter(phase: EntityPhase): void {
    if (this.#phase === phase || this.#phase === 'stopped') return
    this.#phase = phase
    this.#observer.onPhase(phase)
  }
}
