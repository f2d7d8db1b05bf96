// The commands of one entity that are not decided yet, in order. The decision of the first may be waiting for something it
// must know; the others wait behind it. Owned by the entity's process; the counterpart of PendingCommands.
import type { CommandRequest } from './command-request.ts'

/** Holds commands until they are decided. Settles nobody. */
export class UndecidedCommands {
  #inbox: CommandRequest[] = []
  #held: { readonly request: CommandRequest } | undefined

  get size(): number {
    return this.#inbox.length + (this.#held === undefined ? 0 : 1)
  }

  /** Whether a command is being looked up for; none behind it may be decided meanwhile. */
  get isHeld(): boolean {
    return this.#held !== undefined
  }

  push(request: CommandRequest): void {
    this.#inbox.push(request)
  }

  /** The next to decide. */
  shift(): CommandRequest | undefined {
    return this.#inbox.shift()
  }

  /** Takes a command out that waits for its turn. @returns whether it did */
  withdraw(request: CommandRequest): boolean {
    const place = this.#inbox.indexOf(request)
    if (place === -1) return false
    this.#inbox.splice(place, 1)
    return true
  }

  /** What waits now will be decided on a state that is read from here on. */
  markFresh(): void {
    for (const request of this.#inbox) request.isFresh = true
  }

  /** Commands to decide once more, before all others. */
  putBack(requests: readonly CommandRequest[]): void {
    this.#inbox = [...requests, ...this.#inbox]
  }

  /** Empties the inbox. What is held stays so. @returns what waited, in order */
  takeInbox(): readonly CommandRequest[] {
    return this.#inbox.splice(0)
  }

  /** Forgets what is held, and what is being looked up for it. @returns it, if there is any */
  takeHeld(): readonly CommandRequest[] {
    const held = this.#held
    this.#held = undefined
    return held === undefined ? [] : [held.request]
  }

  /**
   * Holds a command until its answer is found, then goes on. If it is taken meanwhile, the answer is forgotten: the command
   * will be decided anew.
   */
  hold<Answer>(request: CommandRequest, find: () => Promise<Answer>, goOn: (answer: Answer) => void): void {
    const held = { request }
    this.#held = held
    void find().then((answer) => {
      if (this.#held !== held) return
      this.#held = undefined
      goOn(answer)
    })
  }
}
