// `perdure consumers list`: how far each consumer is, and what went wrong.
import { systemClock } from '@perdure/core'
import type { ConsumerState } from '@perdure/core'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import { withStorage } from '../inspect/with-storage.ts'
import { formatTime } from '../terminal/format-time.ts'
import { paintFor } from '../terminal/paint.ts'
import { printTable } from '../terminal/print-table.ts'
import { shorten } from '../terminal/shorten.ts'
import { count } from '../terminal/words.ts'
import type { ListConsumersOptions } from './consumer-options.ts'

/** Lists them as a table, or as JSON with positions as text. */
export function runListConsumers(io: CliIo, options: ListConsumersOptions): Promise<ExitCode> {
  return withStorage(io, options, async (storage) => {
    const consumers = await storage.listConsumers()
    if (options.json === true) {
      const shown = consumers.map((each) => ({
        ...each,
        position: String(each.position),
        lag: String(each.lag),
      }))
      io.stdout.write(`${JSON.stringify(shown)}\n`)
      return 0
    }
    if (consumers.length === 0) {
      io.stderr.write('no consumer has ever worked on this storage\n')
      return 0
    }
    const now = (io.clock ?? systemClock).now()
    const rows = consumers.map((each) => [
      each.name,
      String(each.position),
      String(each.lag),
      statusOf(each, now),
      shorten(each.lastError ?? '', 100),
    ])
    const paint = paintFor(io.stdout, io.env)
    io.stdout.write(printTable(['Consumer', 'Position', 'Lag', 'Status', 'Last error'], rows, paint))
    return 0
  })
}

function statusOf({ blockedAt, nextAttemptAt, attempts, heldUntil }: ConsumerState, now: number): string {
  if (blockedAt !== undefined)
    return `blocked since ${formatTime(blockedAt)} after ${count(attempts, 'attempt')}`
  if (attempts > 0 && nextAttemptAt !== undefined)
    return `tries again at ${formatTime(nextAttemptAt)} after ${count(attempts, 'attempt')}`
  return heldUntil !== undefined && heldUntil > now ? 'working' : 'nobody works'
}
