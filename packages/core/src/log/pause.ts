import type { Clock } from '../ports/clock.ts'

/** Waits; no longer than until the signal fires. Leaves neither a timer nor a listener behind. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve()
      return
    }
    const end = (): void => {
      clock.clearTimeout(handle)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const handle = clock.setTimeout(end, delayMs)
    signal.addEventListener('abort', end, { once: true })
  })
}
