// One entity at work: takes commands in order, decides each against the newest state, hands events to the write cycle
// and settles each command when its event has committed. Owned by one actor; knows nothing of hosts or of XState.
import { PerdureError, StorageError, formatEntityKey, unborn } from '@perdure/core'
import type { BlobWrite, EntityKey, EntityModel, EntityState, Knowledge, Needs } from '@perdure/core'
import { instruments } from '../observe/instruments.ts'
import { observe } from '../observe/observed-storage.ts'
import { EntityErased } from '../errors/host-errors.ts'
import { BirthAssumption } from './birth-assumption.ts'
import { acknowledge } from './command-request.ts'
import type { CommandRequest } from './command-request.ts'
import { decideCommand } from './decide-command.ts'
import type { EntityDeps } from './entity-deps.ts'
import type { EntityObserver, EntityPhase } from './entity-phase.ts'
import { EntityWrites } from './entity-writes.ts'
import { loadFailure, lostTooOften, stopError, tellFailure, unavailable } from './failures.ts'
import { findKnowledge } from './find-knowledge.ts'
import { findFirstOutcome, reuseProblem } from './idempotency.ts'
import { loadEntity } from './loading.ts'
import { Pause } from './pause.ts'
import { outcomeOf } from './pending-command.ts'
import type { PendingCommand, PendingEvent } from './pending-command.ts'
import type { LostCommands } from './pending-commands.ts'
import { Quarantine } from './quarantine.ts'
import { replayEntity } from './replaying.ts'
import type { ReplayedEntity } from './replaying.ts'
import type { ReplayMeasure } from './snapshot-schedule.ts'
import { UndecidedCommands } from './undecided-commands.ts'

/** How often a command is decided anew after losing to another host. */
const maxAttempts = 3

/**
 * Phases: `unloaded` (a command starts the activation) → `loading` → `replaying` → `running` (commands are decided) →
 * `stopped`. A conflict or a failed write leads from `running` back to `unloaded`: what was decided and not committed is
 * forgotten, and after a conflict decided again on the fresh state. Commands that come meanwhile wait in order. An
 * entity that does not exist goes back to `unloaded` as soon as it has nothing to do: somebody else may create it.
 */
export class EntityProcess {
  readonly entity: EntityKey
  #model: EntityModel
  readonly #deps: EntityDeps
  readonly #observer: EntityObserver
  readonly #undecided = new UndecidedCommands()
  readonly #writes: EntityWrites
  /** While held, the committed state is a guess. */
  readonly #assumption = new BirthAssumption()
  /** While paused, no command is decided; who waits for that is told once nothing is on its way either. */
  readonly #pause = new Pause()
  /** What is wrong with what is stored, while it is not looked at again. */
  readonly #quarantine: Quarantine
  /** What whoever asks hears once it has stopped. */
  #stopReason: PerdureError
  #phase: EntityPhase = 'unloaded'
  /** Under way while the phase is `loading` or `replaying`. */
  #activation: Promise<void> | undefined

  constructor(options: {
    readonly entity: EntityKey
    readonly model: EntityModel
    readonly deps: EntityDeps
    readonly observer: EntityObserver
  }) {
    const { entity, model, deps, observer } = options
    this.entity = entity
    this.#model = model
    this.#deps = deps
    this.#observer = observer
    this.#quarantine = new Quarantine(deps.clock)
    this.#stopReason = stopError(entity)
    this.#writes = new EntityWrites({
      entity,
      model,
      deps,
      observer: {
        onCertain: () => this.#isCertain(),
        onCommitted: observer.onCommitted,
        onConflict: (actualVersion) => this.#conflicted(actualVersion),
        onFailed: (error) => this.#failed(error),
        onTold: () => this.#noteQuiet(),
      },
    })
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
    return this.#writes.committedState
  }

  /** The newest state there is, committed or not. */
  get processedState(): EntityState {
    return this.#writes.processedState
  }

  /** Whether it has nothing to do, so that it may be let go of. */
  get isIdle(): boolean {
    return this.#undecided.size === 0 && this.#writes.size === 0 && this.#activation === undefined
  }

  /** Content that is decided and may not be in storage yet. */
  pendingContent(hash: string): BlobWrite | undefined {
    return this.#writes.findContent(hash)
  }

  /** Takes a command; its outcome comes through `settle`, never from here. */
  submit(request: CommandRequest): void {
    const failure = this.#whyNot()
    if (failure !== undefined) {
      request.settle({ ok: false, error: failure })
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
    this.#settleAll([...this.#writes.dropBehind(), ...undecided], reason)
    if (this.#writes.size === 0) this.#assumption.end()
    this.#noteQuiet()
  }

  /**
   * Holds commands back before they are decided, and waits until those that were have settled. Ended by `resume`.
   */
  async pause(): Promise<void> {
    this.#pause.begin()
    this.#undecided.putBack(this.#undecided.takeHeld())
    if (this.#writes.size > 0) await this.#pause.untilQuiet()
  }

  /** Goes on, under another model if there is one: then the entity is read again before its next command. */
  resume(model: EntityModel = this.#model): void {
    const isChanged = model !== this.#model
    this.#model = model
    this.#writes.adopt(model)
    this.#pause.end()
    if (this.#isStopped()) return
    if (isChanged && this.#phase === 'running') this.#enter('unloaded')
    if (this.#phase === 'running') this.#drain()
    else if (this.#undecided.size > 0) this.#activateQuietly()
  }

  #noteQuiet(): void {
    if (this.#writes.size === 0) this.#pause.noteQuiet()
  }

  /** Why no command can be taken just now. */
  #whyNot(): PerdureError | undefined {
    const { failure, quarantine } = this.#deps.cycle
    if (failure !== undefined) return tellFailure(this.entity, failure)
    if (this.#isStopped()) return this.#stopReason
    return quarantine.errorOf(this.entity)
  }

  #isCertain(): void {
    if (!this.#assumption.isHeld) return
    this.#assumption.end()
    this.#writes.acknowledge()
  }

  #conflicted(actualVersion: number): void {
    const { inFlight, behind } = this.#forget()
    const again: CommandRequest[] = []
    for (const request of inFlight) {
      request.attempts++
      if (request.attempts < maxAttempts) again.push(request)
      else request.settle({ ok: false, error: lostTooOften(this.entity, maxAttempts, actualVersion) })
    }
    this.#decideAgain([...again, ...behind])
  }

  #failed(error: PerdureError): void {
    const { inFlight, behind } = this.#forget()
    const inbox = this.#undecided.takeInbox()
    this.#settleAll([...inFlight, ...behind, ...inbox], tellFailure(this.entity, error))
  }

  /** Puts commands back in front of the inbox, and looks at the entity afresh before they are decided. */
  #decideAgain(requests: readonly CommandRequest[]): void {
    if (this.#isStopped()) {
      this.#settleAll(requests, this.#stopReason)
      return
    }
    this.#undecided.putBack(requests)
    if (this.#undecided.size > 0) this.#activateQuietly()
  }

  /** Drops everything that was decided and not committed. @returns its requests, in order */
  #forget(): Pick<LostCommands, 'inFlight' | 'behind'> {
    const { inFlight, behind } = this.#writes.forget()
    const undecided = this.#undecided.takeHeld()
    this.#enter('unloaded')
    this.#assumption.end()
    return { inFlight, behind: [...behind, ...undecided] }
  }

  async #load(): Promise<void> {
    this.#undecided.markFresh()
    const model = this.#model
    let replayed: ReplayedEntity
    try {
      replayed = await this.#readState(model)
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
    if (!this.#isStopped()) this.#run(replayed.state, replayed.measure)
  }

  async #readState(model: EntityModel): Promise<ReplayedEntity> {
    const known = this.#quarantine.failure
    if (known !== undefined) throw known
    this.#enter('loading')
    const isWanted = (): boolean => !this.#isStopped()
    const deps = { ...this.#deps, isWanted }
    const loaded = await loadEntity(deps, model, this.entity)
    if (loaded === undefined || this.#isStopped()) return { state: unborn }
    const { erasedAt, version } = loaded.head
    if (erasedAt !== undefined) throw new EntityErased(formatEntityKey(this.entity), erasedAt)
    this.#enter('replaying')
    const events = version - (loaded.snapshot?.sequence ?? 0)
    const attributes = { 'perdure.type': this.entity.type, 'perdure.events': events }
    const replayed = await observe(this.#deps.telemetry, instruments.replay.name, attributes, () =>
      replayEntity(deps, model, this.entity, loaded),
    )
    // Erased between two pages: that is what the next look finds.
    return replayed ?? this.#readState(model)
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

  #run(state: EntityState, measure?: ReplayMeasure): void {
    this.#writes.reset(state, measure)
    this.#enter('running')
    if (state.version > 0) this.#observer.onLoaded(state)
    this.#drain()
  }

  #drain(): void {
    while (this.#phase === 'running' && !this.#undecided.isHeld && !this.#pause.isHeld) {
      const request = this.#undecided.shift()
      if (request === undefined) {
        if (this.processedState.version === 0) this.#enter('unloaded')
        return
      }
      this.#process(request)
    }
  }

  /** Decides one command, after looking whether it has been decided before. */
  #process(request: CommandRequest): void {
    const { idempotencyKey } = request.command.meta
    const first = idempotencyKey === undefined ? undefined : this.#writes.findEvent(idempotencyKey)
    if (first !== undefined) this.#repeat(request, first)
    else if (idempotencyKey === undefined || this.processedState.version === 0) this.#decide(request)
    else this.#wait(request, () => this.#lookUp(request, idempotencyKey))
  }

  async #lookUp(request: CommandRequest, idempotencyKey: string): Promise<() => void> {
    const [deps, model, { command }] = [this.#deps, this.#model, request]
    const found = await findFirstOutcome(
      deps,
      model,
      this.entity,
      command,
      idempotencyKey,
      this.committedState,
    )
    return found === undefined ? () => this.#decide(request) : () => request.settle(found)
  }

  #repeat(request: CommandRequest, first: PendingEvent): void {
    const error = reuseProblem(this.#model, this.entity, request.command, first.event)
    if (error !== undefined) this.#refuse(request, error)
    else this.#add({ kind: 'repeat', request, of: first })
  }

  #decide(request: CommandRequest, knowledge: Knowledge = {}): void {
    const decided = decideCommand({
      deps: this.#deps,
      model: this.#model,
      entity: this.entity,
      state: this.processedState,
      command: request.command,
      knowledge,
    })
    switch (decided.kind) {
      case 'event':
        this.#add({ request, ...decided })
        return
      case 'refusal':
        this.#refuse(request, decided.error)
        return
      case 'needs':
        this.#wait(request, () => this.#fetch(request, decided.needs, knowledge))
    }
  }

  #add(pending: Exclude<PendingCommand, { readonly kind: 'refusal' }>): void {
    if (pending.kind === 'event') this.#writes.add(pending)
    else this.#writes.addBehind(pending)
    // Whether it is new is the commit's to say.
    if (!this.#assumption.isHeld) acknowledge(pending.request, outcomeOf(pending))
  }

  async #fetch(request: CommandRequest, needs: Needs, known: Knowledge): Promise<() => void> {
    const pendingContent = (hash: string) => this.pendingContent(hash)
    const { entity, processedState } = this
    const [deps, model] = [this.#deps, this.#model]
    const found = await findKnowledge(deps, model, entity, processedState, pendingContent, needs, known)
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
      goOn(() => this.#settleRefused(request, isKnown ? error : unavailable(this.entity, error)))
    })
  }

  /**
   * Refuses a command. Where others write too, what this host knows may be old: unless it was read after the command was
   * asked, one look at the head tells; what commits in front of the refusal tells as well.
   */
  #refuse(request: CommandRequest, error: PerdureError): void {
    const { storage } = this.#deps
    const isSure = request.isFresh === true || this.#writes.size > 0 || this.#assumption.isHeld
    const isFinal = this.committedState.deletedAt !== undefined
    if (isSure || isFinal || !storage.capabilities.shared) this.#settleRefused(request, error)
    else this.#wait(request, () => this.#lookAgain(request, error))
  }

  async #lookAgain(request: CommandRequest, error: PerdureError): Promise<() => void> {
    const head = await this.#deps.heads.read(this.entity)
    return () => {
      request.isFresh = true
      if ((head?.version ?? 0) <= this.committedState.version) this.#settleRefused(request, error)
      else {
        this.#forget()
        this.#decideAgain([request])
      }
    }
  }

  /** Tells of a refusal once it is certain that it must be: on what has committed, at once; else when that has. */
  #settleRefused(request: CommandRequest, error: PerdureError): void {
    // Who wants to hear before it is certain hears now, and for good: he must not be told no and then have it happen.
    const isImpatient = request.acknowledge !== undefined && !this.#assumption.isHeld
    if (this.#assumption.isHeld && this.#writes.size === 0) {
      this.#forget()
      this.#decideAgain([request])
    } else if (this.#writes.size === 0 || isImpatient) request.settle({ ok: false, error })
    else this.#writes.addBehind({ kind: 'refusal', request, error })
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
