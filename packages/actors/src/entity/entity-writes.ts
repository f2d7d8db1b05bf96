// What one entity has decided and what of it is stored: its states, and the write cycle's side of it. Owned by the entity
// while it runs, which is told when something decided did not come to be.
import { unborn } from '@perdure/core'
import type { BlobWrite, CommitUnit, EntityKey, EntityModel, EntityState, PerdureError } from '@perdure/core'
import type { BatchRoom } from '../persistence/batch-room.ts'
import type { Writer } from '../persistence/writer.ts'
import { acknowledge } from './command-request.ts'
import { commitUnitOf } from './commit-unit-of.ts'
import type { EntityDeps } from './entity-deps.ts'
import { keepSnapshot } from './keep-snapshot.ts'
import { outcomeOf } from './pending-command.ts'
import type { PendingCommand, PendingEvent } from './pending-command.ts'
import { PendingCommands } from './pending-commands.ts'
import type { LostCommands } from './pending-commands.ts'
import { SnapshotSchedule } from './snapshot-schedule.ts'
import type { ReplayMeasure } from './snapshot-schedule.ts'

/** Told what becomes of what was decided. */
export interface WritesObserver {
  /** The newest committed state, after those who asked have been told. */
  onCommitted(state: EntityState): void
  /** Another host was faster; everything is still held. */
  onConflict(actualVersion: number): void
  /** It cannot be stored; everything is still held. */
  onFailed(error: PerdureError): void
}

/** Invariant: `committedState.version ≤ processedState.version`, and what lies between is pending, in order. */
export class EntityWrites implements Writer {
  readonly #entity: EntityKey
  readonly #deps: EntityDeps
  readonly #observer: WritesObserver
  readonly #pending = new PendingCommands()
  #model: EntityModel
  #snapshots: SnapshotSchedule
  #committed: EntityState = unborn
  #processed: EntityState = unborn
  /** An upper bound of the bytes of the processed state, once somebody has measured it. */
  #processedBytes: number | undefined
  #isAssumed = false
  /** Who waits for the next word; absent most of the time. */
  #waiters: (() => void)[] | undefined

  constructor(entity: EntityKey, model: EntityModel, deps: EntityDeps, observer: WritesObserver) {
    this.#entity = entity
    this.#model = model
    this.#deps = deps
    this.#observer = observer
    this.#snapshots = this.#newSchedule()
  }

  /** The newest state that is certain; `unborn` before creation. */
  get committedState(): EntityState {
    return this.#committed
  }

  /** The newest state there is, committed or not. */
  get processedState(): EntityState {
    return this.#processed
  }

  /** An upper bound of its bytes; undefined when nobody has measured it. */
  get processedBytes(): number | undefined {
    return this.#processedBytes
  }

  /** Whether the committed state is a guess: the entity is taken not to exist, and the first commit will tell. */
  get isAssumed(): boolean {
    return this.#isAssumed
  }

  /** Commands that were decided and not settled. */
  get size(): number {
    return this.#pending.size
  }

  /** Starts from a state that has committed, with nothing on its way. @param measure - how its replay went, if there was one */
  reset(model: EntityModel, state: EntityState, measure?: ReplayMeasure): void {
    if (model !== this.#model) {
      this.#model = model
      this.#snapshots = this.#newSchedule()
    }
    this.#committed = state
    this.#processed = state
    this.#processedBytes = undefined
    if (measure === undefined) return
    this.#snapshots.measured(measure)
    this.#keepSnapshot()
  }

  /** Starts from the guess that the entity does not exist. */
  assumeUnborn(model: EntityModel): void {
    this.reset(model, unborn)
    this.#isAssumed = true
  }

  /** Takes a command that was decided: an event is on its way from here on, any other outcome waits behind what is. */
  add(pending: PendingCommand): void {
    if (pending.kind === 'event') {
      this.#processed = pending.state
      this.#processedBytes = pending.stateBytes
      this.#deps.cycle.counters.processed++
    }
    this.#pending.push(pending)
    if (pending.kind === 'event') this.#deps.cycle.put(this)
    // Whether it is new is the commit's to say. A refusal that may wait is told when it is certain.
    if (!this.#isAssumed && pending.kind !== 'refusal') acknowledge(pending.request, outcomeOf(pending))
  }

  findEvent(idempotencyKey: string): PendingEvent | undefined {
    return this.#pending.findEvent(idempotencyKey)
  }

  findContent(hash: string): BlobWrite | undefined {
    return this.#pending.findContent(hash)
  }

  /** Drops what is not in flight. */
  dropBehind(): LostCommands['behind'] {
    const { behind, events } = this.#pending.dropBehind()
    this.#deps.cycle.counters.discarded += events
    if (this.size === 0) this.#isAssumed = false
    this.#tellWaiters()
    return behind
  }

  /** Drops everything that did not come to be. */
  forget(): LostCommands {
    const lost = this.#pending.dropAll()
    this.#deps.cycle.counters.discarded += lost.events
    this.#processed = this.#committed
    this.#processedBytes = undefined
    this.#isAssumed = false
    this.#tellWaiters()
    return lost
  }

  /** Waits until there is word of something that was on its way. */
  nextWord(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters ??= []
      this.#waiters.push(resolve)
    })
  }

  takeUnit(room: BatchRoom): CommitUnit | undefined {
    const unit = commitUnitOf(this.#entity, this.#committed, this.#pending.take(room))
    const owner = this.#deps.ownership?.lease
    return unit === undefined || owner === undefined ? unit : { ...unit, owner }
  }

  committed(): void {
    const certain = this.#pending.takeCertain()
    let events = 0
    for (const pending of certain) {
      if (pending.kind !== 'event') continue
      events++
      this.#committed = pending.state
    }
    this.#deps.cycle.counters.committed += events
    if (this.#isAssumed) {
      this.#isAssumed = false
      this.#pending.acknowledge()
    }
    // Before anybody is told: whatever a listener does, what is left is on its way.
    if (this.#pending.size > 0) this.#deps.cycle.put(this)
    for (const pending of certain) pending.request.settle(outcomeOf(pending))
    if (events > 0) {
      this.#keepSnapshot()
      this.#observer.onCommitted(this.#committed)
    }
    this.#tellWaiters()
  }

  conflicted(actualVersion: number): void {
    this.#deps.cycle.counters.conflicts++
    this.#deps.ownership?.lost(this.#entity)
    this.#observer.onConflict(actualVersion)
  }

  failed(error: PerdureError): void {
    this.#observer.onFailed(error)
  }

  #tellWaiters(): void {
    const waiters = this.#waiters
    this.#waiters = undefined
    for (const wake of waiters ?? []) wake()
  }

  #newSchedule(): SnapshotSchedule {
    return new SnapshotSchedule(this.#model.spec.snapshotEvery, this.#deps.maxReplayMs)
  }

  /** Behind the commit, and of committed state only. */
  #keepSnapshot(): void {
    const state = this.#committed
    if (state.version === 0 || !this.#snapshots.takeDue(state.version)) return
    keepSnapshot(this.#deps, this.#model, this.#entity, state)
  }
}
