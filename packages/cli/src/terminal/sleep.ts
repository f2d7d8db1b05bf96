import { systemClock } from '@perdure/core'
import type { CliIo } from '../io.ts'

/** Waits, but not beyond an interruption. Never rejects. */
export function sleep(io: CliIo, delayMs: number, signal: AbortSignal): Promise<void> {
  const clock = io.clock ?? systemClock
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const wake = (): void => {
      clock.clearTimeout(handle)
      signal.removeEventListener('abort', wake)
      resolve()
    }
    const handle = clock.setTimeout(wake, delayMs)
    signal.addEventListener('abort', wake, { once: true })
  })
}
