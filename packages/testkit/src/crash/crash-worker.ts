// The worker's side of the crash harness: waits for its order, and says what it tries before it tries it.
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { isPerdureError } from '@perdure/core'
import type { EntityEvent } from '@perdure/core'
import { printLine } from './protocol.ts'
import type { CrashLine, CrashOrder } from './protocol.ts'

/** What a worker works with. */
export interface CrashWorker extends CrashOrder {
  /**
   * Tries one command and says what became of it. The command must carry `id` as its correlation id, and as its idempotency
   * key if it may be tried again. An error that leaves the outcome open is thrown, and nothing is said.
   */
  attempt(id: string, ask: () => Promise<{ readonly event: Pick<EntityEvent, 'sequence'> }>): Promise<void>
}

const uncertain: ReadonlySet<string> = new Set(['unavailable', 'host_stopped', 'internal'])

/** Waits for the order. The worker ends with its harness. */
export async function crashWorker(): Promise<CrashWorker> {
  const order = await readOrder()
  return {
    ...order,
    attempt: async (id, ask) => {
      say({ kind: 'TRY', id })
      try {
        const { event } = await ask()
        say({ kind: 'ACK', id, sequence: event.sequence })
      } catch (error) {
        if (!isPerdureError(error) || uncertain.has(error.code)) throw error
        say({ kind: 'NAK', id, code: error.code })
      }
    },
  }
}

async function readOrder(): Promise<CrashOrder> {
  for await (const line of createInterface(process.stdin)) {
    process.stdin.once('end', () => process.exit())
    process.stdin.resume()
    return JSON.parse(line) as CrashOrder
  }
  return process.exit()
}

/** A pipe is written to at once: a line is out before what follows it is done. */
function say(line: CrashLine): void {
  writeSync(1, `${printLine(line)}\n`)
}
