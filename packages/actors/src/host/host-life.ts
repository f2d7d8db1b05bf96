import { formatEntityKey, isPerdureError } from '@perdure/core'
import type { EntityKey } from '@perdure/core'
import { HostStopped } from '../errors/host-errors.ts'

/** Whether a host still takes anything on. Shared by all of its parts. */
export class HostLife {
  #isStopping = false
  #isStopped = false

  get isStopping(): boolean {
    return this.#isStopping
  }

  /** Nothing of it is left. */
  get isStopped(): boolean {
    return this.#isStopped
  }

  /** From here on everything new is refused. */
  end(): void {
    this.#isStopping = true
  }

  /** It is over. */
  ended(): void {
    this.#isStopped = true
  }

  /** @throws HostStopped naming the entity, or what else was asked for */
  refuseWhenStopping(what: EntityKey | string): void {
    if (this.#isStopping) throw new HostStopped(typeof what === 'string' ? what : formatEntityKey(what))
  }

  /** Carries a call out while the host runs; one that its end overtakes answers HostStopped as well. @throws HostStopped */
  async guard<Result>(what: EntityKey | string, call: () => Promise<Result>): Promise<Result> {
    this.refuseWhenStopping(what)
    try {
      return await call()
    } catch (error) {
      if (isPerdureError(error, 'storage_closed')) this.refuseWhenStopping(what)
      throw error
    }
  }
}
