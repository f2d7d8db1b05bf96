import type { Clock } from '@perdure/core'

/** Waits, without keeping the process alive; no longer than until the signal fires. Leaves neither a timer nor a listener behind. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve()
      return
    }
    const handle = clock.setTimeout(done, delayMs, { unref: true })
    function done(): void {
      clock.clearTimeout(handle)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done, { once: true })
  })
}
