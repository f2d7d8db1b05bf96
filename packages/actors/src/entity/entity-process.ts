// One entity at work: takes commands in order, decides each against the newest state, hands events to the write cycle
// and settles each command when its event has committed. Owned by one actor; knows nothing of hosts or of XState.
import {
  PerdureError,
  StorageError,
  decide,
  evolve,
  formatEntityKey,
  isPerdureError,
  journalEvent,
  unborn,
} from '@perdure/core'
import type {
  CommitUnit,
  EntityEvent,
  EntityKey,
  EntityModel,
  EntityState,
  Knowledge,
  Needs,
} from '@perdure/core'
import { ActionRejected, Conflict, HostStopped, Unavailable } from '../errors/host-errors.ts'
import type { Writer } from '../persistence/writer.ts'
import type { CommandOutcome, CommandRequest } from './command-request.ts'
import { checkPreconditions } from './check-preconditions.ts'
import { commitUnitOf } from './commit-unit-of.ts'
import type { EntityDeps } from './entity-deps.ts'
import { findKnowledge } from './find-knowledge.ts'
import { repeatOutcome, reuseProblem } from './idempotency.ts'
import { loadEntity } from './loading.ts'
import type { PendingCommand } from './pending-command.ts'
import { replayEntity } from './replaying.ts'

/** Where an entity is in its life inside this process. */
export type EntityPhase = 'unloaded' | 'loading' | 'replaying' | 'running' | 'stopped'

/** Told of what can be seen from outside: committed states and phases. */
export interface EntityObserver {
  readonly onPhase: (phase: EntityPhase) => void
  readonly onCommitted: (state: EntityState) => void
}

/** How often a command is decided anew after losing to another host. */
const maxAttempts = 3

/**
 * Phases: `unloaded` (a command starts the activation) → `loading` → `replaying` → `running` (commands are decided) →
 * `stopped`. A conflict or a failed write leads from `running` back to `unloaded`: what was decided and not committed is
 * forgotten, and after a conflict decided again on the fresh state. Commands that come meanwhile wait in order.
 */
export class EntityProcess implements Writer {
  readonly entity: EntityKey
  readonly #model: EntityModel
  readonly #deps: EntityDeps
  readonly #observer: EntityObserver
  #phase: EntityPhase = 'unloaded'
  #committed: EntityState = unborn
  #processed: EntityState = unborn
  /** Commands not decided yet. */
  #inbox: CommandRequest[] = []
  /** Commands decided and not settled, in order; the first `#inFlight` of them are being written. */
  #pending: PendingCommand[] = []
  #inFlight = 0
  /** The command whose decision is waiting for something it must know; the inbox waits behind it. */
  #waiting: { readonly request: CommandRequest } | undefined
  /** It was taken for granted that the entity does not exist; the first commit will tell. */
  #isAssumedUnborn = false
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
    return (
      this.#inbox.length === 0 &&
      this.#pending.length === 0 &&
      this.#waiting === undefined &&
      this.#activation === undefined
    )
  }

  /** Takes a command; its outcome comes through `settle`, never from here. */
  submit(request: CommandRequest): void {
    if (this.#phase === 'stopped') {
      request.settle({ ok: false, error: new HostStopped(formatEntityKey(this.entity)) })
      return
    }
    this.#inbox.push(request)
    if (this.#phase === 'running') this.#drain()
    else if (this.#phase === 'unloaded' && request.command.kind === 'create') this.#runUnborn()
    else this.#activateQuietly()
  }

  /** Loads and replays, unless that is done or under way. @throws PerdureError when it cannot; waiting commands get it too */
  async activate(): Promise<void> {
    if (this.#phase !== 'unloaded' && this.#activation === undefined) return
    this.#activation ??= this.#load().finally(() => {
      this.#activation = undefined
    })
    await this.#activation
  }

  /** Ends the process: what is not in flight is rejected; what is in flight still settles. */
  stop(): void {
    this.#enter('stopped')
    const undecided = [...this.#takeWaiting(), ...this.#inbox.splice(0)]
    const error = new HostStopped(formatEntityKey(this.entity))
    this.#settleAll(
      [...this.#pending.splice(this.#inFlight).map(({ request }) => request), ...undecided],
      error,
    )
  }

  takeUnit(maxEvents: number): CommitUnit | undefined {
    const events: Extract<PendingCommand, { kind: 'event' }>[] = []
    let taken = 0
    for (const pending of this.#pending) {
      if (pending.kind === 'event') {
        if (events.length === maxEvents) break
        events.push(pending)
      }
      taken++
    }
    this.#inFlight = taken
    return commitUnitOf(this.#model, this.entity, this.#committed, events)
  }

  committed(): void {
    const settled = this.#pending.splice(0, this.#inFlight)
    this.#inFlight = 0
    const last = settled.findLast((pending) => pending.kind === 'event')
    if (last !== undefined) this.#committed = last.state
    this.#isAssumedUnborn = false
    for (const pending of settled) pending.request.settle(outcomeOf(pending))
    if (last !== undefined) this.#observer.onCommitted(last.state)
    if (this.#pending.length > 0) this.#deps.cycle.put(this)
  }

  conflicted(actualVersion: number): void {
    const inFlight = this.#inFlight
    const lost = this.#forget()
    const error = new Conflict(
      formatEntityKey(this.entity),
      `lost ${maxAttempts} times against another writer; ask again`,
      {
        actual: actualVersion,
      },
    )
    const again = lost.filter((request, index) => {
      if (index < inFlight) request.attempts++
      if (request.attempts < maxAttempts) return true
      request.settle({ ok: false, error })
      return false
    })
    if (this.#phase === 'stopped') {
      this.#settleAll(again, new HostStopped(formatEntityKey(this.entity)))
      return
    }
    this.#inbox = [...again, ...this.#inbox]
    this.#activateQuietly()
  }

  failed(error: PerdureError): void {
    const lost = [...this.#forget(), ...this.#inbox.splice(0)]
    const isRefused = error.code === 'unit_refused' || !(error instanceof StorageError)
    this.#settleAll(lost, isRefused ? error : new Unavailable(formatEntityKey(this.entity), error))
  }

  /** Drops everything that was decided and not committed. @returns its requests, in order */
  #forget(): CommandRequest[] {
    const requests = [...this.#pending.splice(0).map(({ request }) => request), ...this.#takeWaiting()]
    this.#inFlight = 0
    this.#isAssumedUnborn = false
    this.#processed = this.#committed
    if (this.#phase !== 'stopped') this.#enter('unloaded')
    return requests
  }

  async #load(): Promise<void> {
    try {
      this.#enter('loading')
      const loaded = await loadEntity(this.#deps, this.#model, this.entity)
      if (this.#isStopped()) return
      this.#enter('replaying')
      const state =
        loaded === undefined ? unborn : await replayEntity(this.#deps, this.#model, this.entity, loaded)
      if (this.#isStopped()) return
      this.#run(state)
    } catch (error) {
      if (this.#isStopped()) return
      this.#enter('unloaded')
      const failure = isPerdureError(error, 'corrupt_stream')
        ? error
        : new Unavailable(formatEntityKey(this.entity), error)
      this.#settleAll(this.#inbox.splice(0), failure)
      throw failure
    }
  }

  /** Activates for the sake of the commands that wait: they are told of a failure themselves. */
  #activateQuietly(): void {
    this.activate().catch(() => {})
  }

  /** A create needs no look first: if the entity exists after all, the commit says so. */
  #runUnborn(): void {
    this.#isAssumedUnborn = true
    this.#run(unborn)
  }

  #run(state: EntityState): void {
    this.#committed = state
    this.#processed = state
    this.#enter('running')
    if (state.version > 0) this.#observer.onCommitted(state)
    this.#drain()
  }

  #drain(): void {
    while (this.#phase === 'running' && this.#waiting === undefined) {
      const request = this.#inbox.shift()
      if (request === undefined) return
      this.#process(request)
    }
  }

  /** Decides one command, after looking whether it has been decided before. */
  #process(request: CommandRequest): void {
    const { idempotencyKey } = request.command.meta
    const first = idempotencyKey === undefined ? undefined : this.#findPending(idempotencyKey)
    if (first !== undefined) this.#repeat(request, first)
    else if (idempotencyKey === undefined || this.#processed.version === 0) this.#decide(request)
    else this.#wait(request, () => this.#lookUp(request, idempotencyKey))
  }

  async #lookUp(request: CommandRequest, idempotencyKey: string): Promise<() => void> {
    const event = await this.#deps.storage.findByIdempotencyKey(this.entity, idempotencyKey)
    if (event === undefined) return () => this.#decide(request)
    const outcome = await repeatOutcome(
      this.#deps,
      this.#model,
      this.entity,
      request.command,
      event,
      this.#committed,
    )
    return () => request.settle(outcome)
  }

  #repeat(request: CommandRequest, first: Extract<PendingCommand, { kind: 'event' }>): void {
    const error = reuseProblem(this.entity, request.command, first.event)
    this.#pending.push(
      error === undefined ? { kind: 'repeat', request, of: first } : { kind: 'refusal', request, error },
    )
  }

  #decide(request: CommandRequest, knowledge: Knowledge = {}): void {
    const { command } = request
    const problem = checkPreconditions(this.entity, this.#processed, command)
    if (problem !== undefined) {
      this.#refuse(request, problem)
      return
    }
    const { clock, ids } = this.#deps
    const context = {
      entity: this.entity,
      now: clock.now(),
      eventId: ids.next(),
      spawnId: () => ids.next(),
      knowledge,
    }
    const decision = decide(this.#model, this.#processed, command, context)
    switch (decision.kind) {
      case 'event':
        this.#accept(request, decision.event)
        return
      case 'rejection':
        this.#refuse(request, new ActionRejected(decision.rejection))
        return
      case 'needs':
        this.#wait(request, () => this.#fetch(request, decision.needs, knowledge))
    }
  }

  async #fetch(request: CommandRequest, needs: Needs, known: Knowledge): Promise<() => void> {
    const pendingContent = (hash: string) => this.#pendingContent(hash)
    const found = await findKnowledge(this.#deps, this.entity, this.#processed, pendingContent, needs, known)
    return () => this.#decide(request, found)
  }

  /**
   * Holds the inbox while something is looked up, then goes on. If the state is forgotten meanwhile, so is the answer:
   * the command has gone back into the inbox and will be decided anew.
   */
  #wait(request: CommandRequest, lookUp: () => Promise<() => void>): void {
    const waiting = { request }
    this.#waiting = waiting
    const goOn = (next: () => void): void => {
      if (this.#waiting !== waiting) return
      this.#waiting = undefined
      next()
      this.#drain()
    }
    lookUp().then(goOn, (error: unknown) => {
      const isKnown = error instanceof PerdureError && !(error instanceof StorageError)
      goOn(() =>
        this.#refuse(request, isKnown ? error : new Unavailable(formatEntityKey(this.entity), error)),
      )
    })
  }

  #takeWaiting(): readonly CommandRequest[] {
    const waiting = this.#waiting
    this.#waiting = undefined
    return waiting === undefined ? [] : [waiting.request]
  }

  #accept(request: CommandRequest, decided: EntityEvent): void {
    const { state, overflow } = evolve(this.#model, this.#processed, [decided])
    const event = journalEvent(this.#model, decided, state)
    this.#processed = state
    this.#pending.push({ kind: 'event', request, event, state, overflow })
    this.#deps.cycle.put(this)
  }

  #refuse(request: CommandRequest, error: PerdureError): void {
    if (this.#pending.length > 0) {
      this.#pending.push({ kind: 'refusal', request, error })
      return
    }
    request.settle({ ok: false, error })
    if (!this.#isAssumedUnborn) return
    this.#forget()
    if (this.#inbox.length > 0) this.#activateQuietly()
  }

  #findPending(idempotencyKey: string) {
    return this.#pending.find(
      (pending): pending is Extract<PendingCommand, { kind: 'event' }> =>
        pending.kind === 'event' && pending.event.idempotencyKey === idempotencyKey,
    )
  }

  #pendingContent(hash: string) {
    return this.#pending
      .flatMap((pending) => (pending.kind === 'event' ? pending.overflow : []))
      .find((content) => content.hash === hash)
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

function outcomeOf(pending: PendingCommand): CommandOutcome {
  switch (pending.kind) {
    case 'event':
      return { ok: true, event: pending.event, state: pending.state }
    case 'repeat':
      return { ok: true, event: pending.of.event, state: pending.of.state }
    case 'refusal':
      return { ok: false, error: pending.error }
  }
}
