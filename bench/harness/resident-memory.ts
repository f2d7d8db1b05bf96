import { setTimeout as sleep } from 'node:timers/promises'
import { collectGarbage } from './collect-garbage.ts'

/** What this process holds, with garbage collected and given back to the system: bytes of its resident set. */
export async function residentMemory(): Promise<number> {
  let least = Infinity
  // Pages go back to the system some time after the collection that emptied them.
  for (let quiet = 0; quiet < 4; quiet++) {
    collectGarbage()
    await sleep(100)
    const { rss } = process.memoryUsage()
    if (rss < least * 0.995) quiet = 0
    least = Math.min(least, rss)
  }
  return least
}
