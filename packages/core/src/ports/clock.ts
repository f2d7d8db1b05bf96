/** Time, injected. */
export interface Clock {
  /** Epoch milliseconds, an integer. */
  now(): number
  /** Calls back once after `delayMs`; the timer does not keep the process alive when `unref` is asked for. */
  setTimeout(callback: () => void, delayMs: number, options?: { readonly unref?: boolean }): unknown
  clearTimeout(handle: unknown): void
}

/** The machine's clock. */
export const systemClock: Clock = {
  // oxlint-disable-next-line no-restricted-properties -- this is the port itself
  now: () => Date.now(),
  setTimeout: (callback, delayMs, options) => {
    const handle = setTimeout(callback, delayMs)
    if (options?.unref === true) handle.unref()
    return handle
  },
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
}
