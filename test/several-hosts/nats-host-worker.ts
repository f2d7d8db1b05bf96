// A host process as the guide shows it, told by lines of JSON what to ask of it; says a line for each.
import { createInterface } from 'node:readline'
import { isPerdureError } from '@perdure/core'
import { loadSpecs } from '@perdure/spec-parser'
import { startMember } from '../snippets/several-hosts-over-nats.ts'

/** What a worker is told, after where everything is. */
export type WorkerTask =
  | { readonly kind: 'ask'; readonly n: number; readonly id: string }
  | { readonly kind: 'health' }
  | { readonly kind: 'stop' }

/** What it says of it. `code` is missing when the command has committed. */
export type WorkerWord =
  | { readonly kind: 'started' | 'stopped' }
  | { readonly kind: 'answered'; readonly n: number; readonly code?: string }
  | {
      readonly kind: 'health'
      readonly forwarded: number
      readonly answered: number
      readonly others: number
    }

const say = (word: WorkerWord): void => void process.stdout.write(`${JSON.stringify(word)}\n`)
const lines = createInterface(process.stdin)[Symbol.asyncIterator]()

const order = await lines.next()
const { databaseUrl, natsUrl } = JSON.parse(String(order.value)) as { databaseUrl: string; natsUrl: string }
const host = await startMember(databaseUrl, natsUrl, await loadSpecs('order.ioa.toml'))
say({ kind: 'started' })

for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
  const task = JSON.parse(line.value) as WorkerTask
  if (task.kind === 'stop') break
  if (task.kind === 'ask') void ask(task.n, task.id)
  else {
    const { forwarded = 0, answered = 0, others = 0 } = host.health().ownership ?? {}
    say({ kind: 'health', forwarded, answered, others })
  }
}
await host.stop()
say({ kind: 'stopped' })
process.exit()

async function ask(n: number, id: string): Promise<void> {
  try {
    await host.entity('Order', id).ask('AddItem', { note: `${n}` })
    say({ kind: 'answered', n })
  } catch (error) {
    say({ kind: 'answered', n, code: isPerdureError(error) ? error.code : String(error) })
  }
}
