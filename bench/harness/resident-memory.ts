import { setTimeout as sleep } from 'node:timers/promises'
import { collectGarbage } from './collect-garbage.ts'

/** What a process holds, bytes. */
export interface HeldMemory {
  /** Its resident set: what the system counts, pages that are free but not given back yet among it. */
  readonly rss: number
  /** What JavaScript values take of it. */
  readonly heap: number
}

/** What this process holds, with garbage collected and given back to the system. */
export async function residentMemory(): Promise<HeldMemory> {
  let least: HeldMemory = { rss: Infinity, heap: Infinity }
  // Pages go back to the system some time after the collection that emptied them.
  for (let quiet = 0; quiet < 4; quiet++) {
    collectGarbage()
    await sleep(100)
    const { rss, heapUsed } = process.memoryUsage()
    if (rss < least.rss * 0.995) quiet = 0
    least = { rss: Math.min(least.rss, rss), heap: Math.min(least.heap, heapUsed) }
  }
  return least
}
