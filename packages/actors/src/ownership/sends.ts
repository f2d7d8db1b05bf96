// What is on its way to other hosts: each can be ended by its asker, by the news that its host is gone, or by the end of this one.

/** One send; `end` is called whatever came of it. */
export interface Send {
  readonly signal: AbortSignal
  readonly end: () => void
}

/** Sends by the lease of the host they go to. */
export class Sends {
  readonly #byLease = new Map<number, Set<AbortController>>()
  #over: Error | undefined

  /** @param asker - of who wants the answer */
  begin(lease: number, asker: AbortSignal | undefined): Send {
    const own = new AbortController()
    const sends = this.#byLease.get(lease) ?? new Set()
    this.#byLease.set(lease, sends)
    sends.add(own)
    const giveUp = (): void => own.abort(asker?.reason)
    asker?.addEventListener('abort', giveUp, { once: true })
    if (this.#over !== undefined) own.abort(this.#over)
    if (asker?.aborted === true) giveUp()
    return {
      signal: own.signal,
      end: () => {
        asker?.removeEventListener('abort', giveUp)
        sends.delete(own)
        if (sends.size === 0 && this.#byLease.get(lease) === sends) this.#byLease.delete(lease)
      },
    }
  }

  endTo(lease: number, reason: Error): void {
    for (const send of this.#byLease.get(lease) ?? []) send.abort(reason)
  }

  /** Ends all, and whatever is begun from now on. */
  endAll(reason: Error): void {
    this.#over = reason
    for (const lease of this.#byLease.keys()) this.endTo(lease, reason)
  }

  /** @throws the reason given to `endAll` */
  throwIfOver(): void {
    if (this.#over !== undefined) throw this.#over
  }
}
