// Reading the log as an async iterable, on any storage, with or without a host.
import type { EntityEvent } from '../entity/event.ts'
import type { Clock } from '../ports/clock.ts'
import { systemClock } from '../ports/clock.ts'
import { silentLogger } from '../ports/logger.ts'
import type { Logger } from '../ports/logger.ts'
import { systemRandom } from '../ports/random.ts'
import type { Random } from '../ports/random.ts'
import type { LogEntry, LogRange } from '../storage/log.ts'
import { defaultLogLimit } from '../storage/log.ts'
import { LogFollower, retrying } from './log-follower.ts'
import type { LogSource } from './log-follower.ts'

export type { LogSource } from './log-follower.ts'

/** What to read of the log, and how. */
export interface SubscribeOptions extends Pick<LogRange, 'types' | 'tenant' | 'maxBytes'> {
  /** Events behind this position; `'now'`: those committed after the iteration begins. @defaultValue 0, from the start */
  readonly after?: bigint | 'now'
  /** Ends the iteration, as if the log had ended. */
  readonly signal?: AbortSignal
  /** At most this many entries are read ahead; no more are read until those are taken. @defaultValue 500 */
  readonly batch?: number
  /** How long at most until it looks for itself, should no news come, milliseconds. @defaultValue 1000 */
  readonly pollIntervalMs?: number
  /** How an event reads, such as `upcastEvent` of its type's model. @defaultValue as it is stored */
  readonly readAs?: (event: EntityEvent) => EntityEvent
  readonly clock?: Clock
  readonly random?: Random
  readonly logger?: Logger
}

/** How long a reader waits for news before it looks for itself, milliseconds. */
export const defaultPollIntervalMs = 1_000

/**
 * Every event of the log that fits, in order of position, each once; then waits for more. Remember the position of the last
 * one that was dealt with, and pass it as `after` to go on from there.
 *
 * Reads on when its reader does, never further ahead than one page. Lives through a storage that is away for a while. Ends
 * when the signal fires, when the storage is closed and when the reader leaves the loop.
 *
 * @throws StorageError that trying again does not mend, such as `corrupt_stream`; what `readAs` throws
 */
export async function* subscribe(
  storage: LogSource,
  options: SubscribeOptions = {},
): AsyncGenerator<LogEntry, void, undefined> {
  const { after = 0n, batch = defaultLogLimit, pollIntervalMs = defaultPollIntervalMs } = options
  const { signal = new AbortController().signal, clock = systemClock, random = systemRandom } = options
  const { logger = silentLogger, types, tenant, maxBytes, readAs } = options
  const ports = { signal, clock, random, logger }
  const start = after === 'now' ? await headOf(storage, ports) : after
  if (start === undefined) return
  const filter = {
    ...(types && { types }),
    ...(tenant !== undefined && { tenant }),
    ...(maxBytes !== undefined && { maxBytes }),
  }
  const follower = new LogFollower({ storage, after: start, filter, ...ports })
  try {
    for (let page = await follower.read(batch); page !== undefined; page = await follower.read(batch)) {
      for (const entry of page.entries) {
        yield readAs === undefined ? entry : { ...entry, event: readAs(entry.event) }
        if (signal.aborted) return
      }
      if (page.seenUpTo >= page.head) await follower.wait(pollIntervalMs)
    }
  } finally {
    follower.close()
  }
}

async function headOf(
  storage: LogSource,
  ports: Parameters<typeof retrying>[0],
): Promise<bigint | undefined> {
  return (await retrying(ports, () => storage.readLog({ after: 0n, limit: 0 })))?.head
}
