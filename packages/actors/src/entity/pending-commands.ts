// The commands of one entity that were decided and not settled, in order. The first of them may be on their way to
// storage. Owned by the entity's process; pure bookkeeping, it settles nobody.
import type { BlobWrite } from '@perdure/core'
import { acknowledge } from './command-request.ts'
import type { CommandRequest } from './command-request.ts'
import type { BatchRoom } from '../persistence/batch-room.ts'
import { estimateEventBytes } from './estimate-bytes.ts'
import { outcomeOf } from './pending-command.ts'
import type { PendingCommand, PendingEvent } from './pending-command.ts'

/** Commands that were decided in vain. */
export interface LostCommands {
  /** They were being written. */
  readonly inFlight: readonly CommandRequest[]
  /** They were waiting for their turn. */
  readonly behind: readonly CommandRequest[]
  /** Events among both. */
  readonly events: number
}

/** Invariant: the first one, if any, is an event. A refusal or repeat never waits for nothing. */
export class PendingCommands {
  readonly #commands: PendingCommand[] = []
  #inFlight = 0

  get size(): number {
    return this.#commands.length
  }

  push(pending: PendingCommand): void {
    this.#commands.push(pending)
  }

  /** Captures as many events from the front as there is room for, with the refusals and repeats among and right behind them. */
  take(room: BatchRoom): readonly PendingEvent[] {
    const events: PendingEvent[] = []
    let taken = 0
    for (const pending of this.#commands) {
      if (pending.kind === 'event') {
        if (!room.take(estimateEventBytes(pending))) break
        pending.wait?.end()
        events.push(pending)
      }
      taken++
    }
    this.#inFlight = taken
    return events
  }

  /**
   * What is in flight is certain now, and so are the refusals and repeats that came behind it meanwhile: what they were
   * decided on has committed. Hands them over to be settled.
   */
  takeCertain(): readonly PendingCommand[] {
    let certain = this.#inFlight
    // With nothing in flight there is nothing certain: the first is an event.
    while (certain > 0 && certain < this.#commands.length && this.#commands[certain]?.kind !== 'event')
      certain++
    this.#inFlight = 0
    return this.#commands.splice(0, certain)
  }

  /** Drops what is not in flight. */
  dropBehind(): Omit<LostCommands, 'inFlight'> {
    const dropped = this.#commands.splice(this.#inFlight)
    return { behind: dropped.map(({ request }) => request), events: countEvents(dropped) }
  }

  /** Drops everything. */
  dropAll(): LostCommands {
    const { behind, events } = this.dropBehind()
    const dropped = this.#commands.splice(0)
    this.#inFlight = 0
    return { inFlight: dropped.map(({ request }) => request), behind, events: events + countEvents(dropped) }
  }

  /** Tells those who want to hear before their commands are certain, once; a refusal may turn out otherwise, and waits. */
  acknowledge(): void {
    for (const pending of this.#commands)
      if (pending.kind !== 'refusal') acknowledge(pending.request, outcomeOf(pending))
  }

  /** The event that an earlier command with this idempotency key came to. */
  findEvent(idempotencyKey: string): PendingEvent | undefined {
    return this.#commands.find(
      (pending): pending is PendingEvent =>
        pending.kind === 'event' && pending.event.idempotencyKey === idempotencyKey,
    )
  }

  /** Content that a pending event brings along and storage may not have yet. */
  findContent(hash: string): BlobWrite | undefined {
    for (const pending of this.#commands) {
      const content = pending.kind === 'event' && pending.overflow.find((write) => write.hash === hash)
      if (content) return content
    }
    return undefined
  }
}

function countEvents(commands: readonly PendingCommand[]): number {
  let events = 0
  for (const { kind } of commands) if (kind === 'event') events++
  return events
}
