// A process made to be killed: started by kill campaigns, sent one line with its orders, says what it tries and hears.
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { openRouter, openStorage } from '@perdure/storage-pg'
import type { PoolOptions } from '@perdure/storage-pg'
import { Load } from './load.ts'

/** What a worker is told. */
export interface WorkerOrder {
  readonly url: string
  readonly pool?: PoolOptions
  /** Numbers from here on, in steps of `step`. */
  readonly first: number
  readonly step: number
  readonly doubtful: readonly number[]
  readonly entities: number
  readonly lanes: number
  /** One host of several that hand each other commands. */
  readonly cluster?: { readonly hostId: string; readonly leaseMs: number }
  /** Where it kills itself: the named point, when it comes by for this time. */
  readonly killAt?: { readonly point: string; readonly visit: number }
}

// A pipe is written to at once, so that a line is out before what follows it is done.
const say = (...words: readonly unknown[]): void => void writeSync(1, `${words.join(' ')}\n`)

// Should the campaign go away, so does its worker.
process.stdin.once('end', () => process.exit())

const [text] = (await once(process.stdin.setEncoding('utf8'), 'data')) as [string]
const order = JSON.parse(text) as WorkerOrder

let visits = 0
const probe = async (point: string): Promise<void> => {
  if (point !== order.killAt?.point || ++visits !== order.killAt.visit) return
  say('DIE', point)
  process.kill(process.pid, 'SIGKILL')
  await new Promise(() => {})
}

let next = order.first
const load = new Load({
  open: () => openStorage(order.url, { probe, ...(order.pool && { pool: order.pool }) }),
  next: () => {
    const n = next
    next += order.step
    return n
  },
  doubtful: order.doubtful,
  lanes: order.lanes,
  entities: order.entities,
  ...(order.cluster && {
    openRouter: () => openRouter(order.url),
    onHealth: ({ counters, ownership }) =>
      say('FACT', counters.conflicts, ownership?.forwarded ?? 0, ownership?.takenOver ?? 0),
  }),
  host: { probe, ...order.cluster },
  log: {
    tried: (id) => say('TRY', id),
    acknowledged: (id, sequence, wasDoubtful) => say('ACK', id, sequence, wasDoubtful ? 1 : 0),
    refused: (id, code) => say('NAK', id, code),
  },
})
process.once('SIGTERM', () => load.end())
await load.run()
say('FACT', 'stopped')
process.exit()
