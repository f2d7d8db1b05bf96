// What was asked in a simulation and what was answered. Held against what is stored, at the end and after every crash.
import type { EntityKey } from '@perdure/core'
import type { RunCommand } from '../arbitraries/run-step.ts'
import type { CommandOutcome } from '../properties/perform-command.ts'

/** One command of a simulation. */
export interface Entry {
  /** The correlation id of what comes of it. */
  readonly id: string
  readonly command: RunCommand
  readonly entity: EntityKey
  /** The life of the host that was asked. */
  readonly life: number
  /** Absent while nobody has answered. */
  outcome?: CommandOutcome
}

/** All commands, in the order they were asked. */
export class Ledger {
  readonly #entries: Entry[] = []
  readonly #dead = new Set<number>()

  get entries(): readonly Entry[] {
    return this.#entries
  }

  /** Notes that a command is about to be asked. */
  open(command: RunCommand, entity: EntityKey, life: number): Entry {
    const entry: Entry = { id: `c${this.#entries.length}`, command, entity, life }
    this.#entries.push(entry)
    return entry
  }

  /** A host's life has ended; what it was asked may never be answered. */
  bury(life: number): void {
    this.#dead.add(life)
  }

  /** Commands that wait for an answer of a host that lives. */
  get waiting(): readonly Entry[] {
    return this.#entries.filter(({ outcome, life }) => outcome === undefined && !this.#dead.has(life))
  }
}
