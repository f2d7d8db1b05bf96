// One entity in this process, through the phases of its life: takes commands, has the entity read when they need it, runs
// them, stops. Owned by one actor; knows nothing of hosts or of XState.
import { isPerdureError } from '@perdure/core'
import type { BlobWrite, EntityKey, EntityModel, EntityState, PerdureError } from '@perdure/core'
import { Activation } from './activation.ts'
import type { ActivationObserver } from './activation.ts'
import { rejectAll } from './command-request.ts'
import type { CommandRequest } from './command-request.ts'
import type { EntityDeps } from './entity-deps.ts'
import type { EntityObserver, EntityPhase } from './entity-phase.ts'
import { stopError, tellFailure } from './failures.ts'
import type { ReplayedEntity } from './replaying.ts'
import { Running } from './running.ts'
import type { RunningObserver } from './running.ts'
import { stopEntity } from './stopping.ts'
import { unlessAborted } from './unless-aborted.ts'

/** Goes from phase to phase: see `EntityPhase`. Each is in a file of its own. */
export class EntityProcess implements ActivationObserver, RunningObserver {
  readonly entity: EntityKey
  readonly #deps: EntityDeps
  readonly #observer: EntityObserver
  readonly #running: Running
  /** It has been erased, for good: nothing is read again. */
  #erasure: PerdureError | undefined
  #phase: EntityPhase = 'unloaded'
  /** Under way while the phase is `loading` or `replaying`, and what it comes to. */
  #activation: Activation | undefined
  #activated: Promise<void> | undefined
  /** Who waits for the activation without a command. */
  #readers = 0
  /** What whoever asks hears once it has stopped. */
  #stopReason: PerdureError | undefined

  constructor(options: {
    readonly entity: EntityKey
    readonly model: EntityModel
    readonly deps: EntityDeps
    readonly observer: EntityObserver
  }) {
    const { entity, model, deps, observer } = options
    this.entity = entity
    this.#deps = deps
    this.#observer = observer
    this.#running = new Running(entity, model, deps, this)
  }

  /** What it decides and reads by. */
  get model(): EntityModel {
    return this.#running.model
  }

  get phase(): EntityPhase {
    return this.#phase
  }

  get isStopped(): boolean {
    return this.#phase === 'stopped'
  }

  /** The newest state that is certain; `unborn` before creation. */
  get committedState(): EntityState {
    return this.#running.writes.committedState
  }

  /** The newest state there is, committed or not. */
  get processedState(): EntityState {
    return this.#running.writes.processedState
  }

  /** Whether it has nothing to do, so that it may be let go of. */
  get isIdle(): boolean {
    return this.#running.waiting === 0 && this.#running.writes.size === 0 && this.#activated === undefined
  }

  /** Content that is decided and may not be in storage yet. */
  pendingContent(hash: string): BlobWrite | undefined {
    return this.#running.writes.findContent(hash)
  }

  /** Takes a command; its outcome comes through `settle`, never from here. */
  submit(request: CommandRequest): void {
    const failure = this.#whyNot()
    if (failure !== undefined) {
      request.settle({ ok: false, error: failure })
      return
    }
    const running = this.#running
    running.push(request)
    if (this.#phase !== 'running' && !running.isPaused) {
      if (!this.#mayBeUnborn(request)) return this.#activateQuietly()
      running.beginUnborn()
      this.enter('running')
    }
    running.drain()
  }

  /** Takes a command back that nothing has been decided about: it is not carried out, nor settled. @returns whether it could */
  withdraw(request: CommandRequest): boolean {
    const isWithdrawn = this.#running.withdraw(request)
    if (isWithdrawn) this.#giveUpUnwanted()
    return isWithdrawn
  }

  /**
   * Loads and replays, unless that is done or under way, and waits until it is certain whether the entity exists.
   * @throws PerdureError when it cannot; waiting commands get it too; the signal's reason, should that fire first
   */
  async activate(signal?: AbortSignal): Promise<void> {
    this.#readers++
    try {
      await unlessAborted(this.#activate(), signal)
    } finally {
      this.#readers--
      this.#giveUpUnwanted()
    }
  }

  /** Ends the process: what is not in flight is rejected, with the reason given; what is in flight still settles. */
  stop(reason?: PerdureError): void {
    if (reason !== undefined) this.#stopReason = reason
    this.enter('stopped')
    this.#activation?.giveUp()
    stopEntity(this.#running, () => this.#whyStopped())
  }

  /** Holds commands back before they are decided, and waits until those that were have settled. Ended by `resume`. */
  pause(): Promise<void> {
    return this.#running.pause()
  }

  /** Goes on, under another model if there is one: then the entity is read again before its next command. */
  resume(model: EntityModel = this.model): void {
    this.#running.resume(model)
    if (this.#phase !== 'running') this.#activateForWaiting()
  }

  /** Another host has moved the entity on to this version: what is held here is read afresh before it is looked at again. */
  outdate(version: number): void {
    if (this.#phase === 'running' && this.isIdle && this.committedState.version < version)
      this.#running.outdate()
  }

  onEnded(): void {
    this.enter('unloaded')
    this.#activateForWaiting()
  }

  onCommitted(state: EntityState): void {
    this.#observer.onCommitted(state)
    this.#deps.onCommitted?.(this.entity, state)
  }

  /** Why no command can be taken just now. */
  #whyNot(): PerdureError | undefined {
    const { failure, quarantine } = this.#deps.cycle
    if (failure !== undefined) return tellFailure(this.entity, failure)
    return this.#phase === 'stopped' ? this.#whyStopped() : quarantine.errorOf(this.entity)
  }

  /** Made when it is first asked for: most that stop are let go of while nobody wants anything of them. */
  #whyStopped(): PerdureError {
    this.#stopReason ??= stopError(this.entity)
    return this.#stopReason
  }

  #mayBeUnborn({ command }: CommandRequest): boolean {
    return this.#phase === 'unloaded' && command.kind === 'create' && this.#erasure === undefined
  }

  #activateForWaiting(): void {
    if (this.isStopped) stopEntity(this.#running, () => this.#whyStopped())
    else if (this.#running.waiting > 0) this.#activateQuietly()
  }

  /** Activates for the sake of the commands that wait: they are told of a failure themselves. */
  #activateQuietly(): void {
    this.#activate().catch(() => {})
  }

  async #activate(): Promise<void> {
    while (this.#running.writes.isAssumed) await this.#running.writes.nextWord()
    if (this.#phase === 'unloaded') this.#activated = this.#load()
    await this.#activated
  }

  #giveUpUnwanted(): void {
    if (!this.#isWanted) this.#activation?.giveUp()
  }

  /** Whether anybody waits for the entity to be read. */
  get #isWanted(): boolean {
    return this.#readers > 0 || this.#running.waiting > 0
  }

  async #load(): Promise<void> {
    this.#running.markFresh()
    const { entity, model } = this
    const activation = new Activation(entity, model, this.#deps, this)
    this.#activation = activation
    const activated = await (this.#erasure === undefined
      ? activation.run()
      : ({ kind: 'failed', failure: this.#erasure } as const))
    this.#activation = undefined
    // Somebody may have come since it was given up. And what was read under a model that another has taken the place of
    // meanwhile says nothing any more.
    const isVain = (activated.kind === 'unwanted' && this.#isWanted) || model !== this.model
    if (isVain && !this.isStopped) return this.#load()
    // In one step with the phase: who comes from now on starts an activation of his own.
    this.#activated = undefined
    if (this.isStopped) return
    switch (activated.kind) {
      case 'read':
        this.#run(activated.entity)
        return
      case 'failed':
        return this.#cannotRun(activated.failure)
      case 'unwanted':
        this.enter('unloaded')
    }
  }

  #run({ state, measure }: ReplayedEntity): void {
    this.#running.begin(state, measure)
    this.enter('running')
    if (state.version > 0) this.#observer.onLoaded(state)
    this.#running.drain()
  }

  /** @throws PerdureError the failure, for whoever had it activated */
  #cannotRun(failure: PerdureError): never {
    if (isPerdureError(failure, 'entity_erased')) this.#erasure = failure
    // Before listeners hear of the phase: what they ask from now on is another matter.
    const waiting = this.#running.takeWaiting()
    this.enter('unloaded')
    rejectAll(waiting, failure)
    throw failure
  }

  enter(phase: EntityPhase): void {
    if (this.#phase === phase || this.#phase === 'stopped') return
    this.#phase = phase
    this.#observer.onPhase(phase)
  }
}
