// A clock that jumps back and forth by up to a day, for hosts, storage and sweeps alike, while connections are lost.
import { systemClock } from '@perdure/core'
import type { Clock } from '@perdure/core'
import { between } from '../campaign.ts'
import type { Campaign } from '../campaign.ts'
import { terminateOthers, withDatabase } from '../databases.ts'
import { underLoad } from '../under-load.ts'

const dayMs = 86_400_000

/** Every time it shows has been shown by nobody before; how far it got decides what has expired. */
class JumpingClock implements Clock {
  #offset = 0
  #latest = 0

  /** The latest time it ever showed. */
  get latest(): number {
    return this.#latest
  }

  now(): number {
    const now = systemClock.now() + this.#offset
    this.#latest = Math.max(this.#latest, now)
    return now
  }

  /** To so far from the true time. */
  jump(offset: number): void {
    this.#offset = offset
  }

  setTimeout(...timer: Parameters<Clock['setTimeout']>): unknown {
    return systemClock.setTimeout(...timer)
  }

  clearTimeout(handle: unknown): void {
    systemClock.clearTimeout(handle)
  }
}

/** The machine's clock is wrong, and set right, again and again. */
export const clockJumps: Campaign = {
  name: 'clock-jumps',
  about: 'clocks that jump by up to a day while connections are lost',
  short: 6,
  long: 300,
  run: (context) =>
    withDatabase(context.serverUrl, (database) => {
      const clock = new JumpingClock()
      const jump = (): void => clock.jump(between(context.random, -dayMs, dayMs))
      return underLoad({
        context,
        url: database.url,
        storage: { clock },
        host: { clock },
        // Time as the comparison sees it: what any sweep may have taken for expired has expired.
        comparisonClock: { ...systemClock, now: () => clock.latest },
        disturb: async () => {
          jump()
          await terminateOthers(database)
          jump()
        },
      })
    }),
}
