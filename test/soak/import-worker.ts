// A process made to be killed: imports bodies as its one line of orders says, and kills itself at the n-th named point.
// Started ahead of time by kill-import.ts.
import { once } from 'node:events'
import { importBodies } from '@perdure/storage-pg'
import { importOf } from './legacy-bodies.ts'

/** What a worker is told. */
export interface ImportOrder {
  readonly url: string
  readonly schema: string
  /** The named point to die at, counted from 1. */
  readonly visit: number
}

process.stdin.once('end', () => process.exit())
const [text] = (await once(process.stdin.setEncoding('utf8'), 'data')) as [string]
const { url, schema, visit } = JSON.parse(text) as ImportOrder
let visits = 0
await importBodies(url, {
  ...importOf(schema),
  probe: async () => {
    if (++visits !== visit) return
    process.kill(process.pid, 'SIGKILL')
    await new Promise(() => {})
  },
})
process.exit()
