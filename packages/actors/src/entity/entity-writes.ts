// What one entity has decided and what of it is stored: its states, and the write cycle's side of it. Owned by the entity's
// process, which is told when something decided did not come to be.
import { encodeSnapshot, formatEntityKey, unborn } from '@perdure/core'
import type { BlobWrite, CommitUnit, EntityKey, EntityModel, EntityState, PerdureError } from '@perdure/core'
import type { BatchRoom } from '../persistence/batch-room.ts'
import type { Writer } from '../persistence/writer.ts'
import { commitUnitOf } from './commit-unit-of.ts'
import type { EntityDeps } from './entity-deps.ts'
import { keyText } from './key-text.ts'
import { outcomeOf } from './pending-command.ts'
import type { PendingCommand, PendingEvent } from './pending-command.ts'
import { PendingCommands } from './pending-commands.ts'
import type { LostCommands } from './pending-commands.ts'
import type { ReplayMeasure } from './snapshot-schedule.ts'
import { SnapshotSchedule } from './snapshot-schedule.ts'

/** Told what becomes of what was decided. */
export interface WritesObserver {
  /** Something has committed; before anybody else is told. */
  readonly onCertain: () => void
  /** The newest committed state, after those who asked have been told. */
  readonly onCommitted: (state: EntityState) => void
  /** Another host was faster; everything is still held. */
  readonly onConflict: (actualVersion: number) => void
  /** It cannot be stored; everything is still held. */
  readonly onFailed: (error: PerdureError) => void
  /** Everybody has been told what became of a write. */
  readonly onTold: () => void
}

/** Invariant: `committedState.version ≤ processedState.version`, and what lies between is pending, in order. */
export class EntityWrites implements Writer {
  readonly #entity: EntityKey
  #model: EntityModel
  readonly #deps: EntityDeps
  readonly #observer: WritesObserver
  readonly #pending = new PendingCommands()
  #snapshots: SnapshotSchedule
  #committed: EntityState = unborn
  #processed: EntityState = unborn

  constructor(options: {
    readonly entity: EntityKey
    readonly model: EntityModel
    readonly deps: EntityDeps
    readonly observer: WritesObserver
  }) {
    this.#entity = options.entity
    this.#model = options.model
    this.#deps = options.deps
    this.#observer = options.observer
    this.#snapshots = this.#newSchedule()
  }

  /** Goes on under another model, with nothing on its way. */
  adopt(model: EntityModel): void {
    if (model === this.#model) return
    this.#model = model
    this.#snapshots = this.#newSchedule()
  }

  #newSchedule(): SnapshotSchedule {
    return new SnapshotSchedule(this.#model.spec.snapshotEvery, this.#deps.maxReplayMs)
  }

  /** The newest state that is certain; `unborn` before creation. */
  get committedState(): EntityState {
    return this.#committed
  }

  /** The newest state there is, committed or not. */
  get processedState(): EntityState {
    return this.#processed
  }

  /** Commands that were decided and not settled. */
  get size(): number {
    return this.#pending.size
  }

  /** Starts from a state that has committed. @param measure - how its replay went, if there was one */
  reset(state: EntityState, measure?: ReplayMeasure): void {
    this.#committed = state
    this.#processed = state
    if (measure === undefined) return
    this.#snapshots.measured(measure)
    this.#keepSnapshot()
  }

  /** A command became an event: it is on its way. */
  add(pending: PendingEvent): void {
    this.#processed = pending.state
    this.#deps.cycle.counters.processed++
    this.#pending.push(pending)
    this.#deps.cycle.put(this)
  }

  /** The outcome of a command depends on what is on its way. */
  addBehind(pending: Exclude<PendingCommand, PendingEvent>): void {
    this.#pending.push(pending)
  }

  findEvent(idempotencyKey: string): PendingEvent | undefined {
    return this.#pending.findEvent(idempotencyKey)
  }

  findContent(hash: string): BlobWrite | undefined {
    return this.#pending.findContent(hash)
  }

  /** Tells those who want to hear before their commands are stored. */
  acknowledge(): void {
    this.#pending.acknowledge()
  }

  /** Drops what is not in flight. */
  dropBehind(): LostCommands['behind'] {
    const { behind, events } = this.#pending.dropBehind()
    this.#deps.cycle.counters.discarded += events
    return behind
  }

  /** Drops everything that did not come to be. */
  forget(): LostCommands {
    const lost = this.#pending.dropAll()
    this.#deps.cycle.counters.discarded += lost.events
    this.#processed = this.#committed
    return lost
  }

  takeUnit(room: BatchRoom): CommitUnit | undefined {
    return commitUnitOf(this.#entity, this.#committed, this.#pending.take(room))
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
    this.#observer.onCertain()
    // Before anybody is told: whatever a listener does, what is left is on its way.
    if (this.#pending.size > 0) this.#deps.cycle.put(this)
    for (const pending of certain) pending.request.settle(outcomeOf(pending))
    if (events > 0) {
      this.#keepSnapshot()
      this.#observer.onCommitted(this.#committed)
    }
    this.#observer.onTold()
  }

  conflicted(actualVersion: number): void {
    this.#deps.cycle.counters.conflicts++
    this.#observer.onConflict(actualVersion)
    this.#observer.onTold()
  }

  failed(error: PerdureError): void {
    this.#observer.onFailed(error)
    this.#observer.onTold()
  }

  /** Behind the commit, and of committed state only. */
  #keepSnapshot(): void {
    const state = this.#committed
    if (state.version === 0 || !this.#snapshots.takeDue(state.version)) return
    const [entity, { name: type, specHash }] = [this.#entity, this.#model]
    const { storage, behind, cycle } = this.#deps
    behind.put({
      operation: 'snapshot',
      about: formatEntityKey(entity),
      key: keyText(entity),
      run: async () => {
        await storage.saveSnapshot(entity, encodeSnapshot({ type, specHash }, state))
        cycle.counters.snapshots++
      },
    })
  }
}
