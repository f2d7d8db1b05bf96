import { formatEntityKey } from '@perdure/core'
import type { EntityKey } from '@perdure/core'
import { HostStopped } from '../errors/host-errors.ts'

/** Whether a host still takes anything on. Shared by all of its parts. */
export class HostLife {
  #isStopping = false

  get isStopping(): boolean {
    return this.#isStopping
  }

  /** From here on everything new is refused. */
  end(): void {
    this.#isStopping = true
  }

  /** @throws HostStopped naming the entity, or what else was asked for */
  refuseWhenStopping(what: EntityKey | string): void {
    if (this.#isStopping) throw new HostStopped(typeof what === 'string' ? what : formatEntityKey(what))
  }
}
