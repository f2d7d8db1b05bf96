// A process made to be killed: asks for commands, many at once, and says what it is about to ask and what was answered.
// Started by kill.db.test.ts, which sends one line: the storage's URL, the number of the first new command and the numbers
// of those that were left in doubt.
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { createHost } from '@perdure/actors'
import { openStorage } from '@perdure/storage-pg'
import { commandOf, ledgerIds, ledgerSpec } from './crash-commands.ts'

/** Commands under way at once. */
const lanes = 30

// A pipe is written to at once, so that a line is out before what follows it is done.
const say = (what: string): void => void writeSync(1, `${what}\n`)

// Should the test go away, so does its worker.
process.stdin.once('end', () => process.exit())

const [order] = (await once(process.stdin.setEncoding('utf8'), 'data')) as [string]
const { url, first, doubtful } = JSON.parse(order) as { url: string; first: number; doubtful: number[] }

const host = await createHost({ specs: [ledgerSpec], storage: await openStorage(url) })
const ledgers = new Map(
  await Promise.all(
    ledgerIds.map(async (id) => [id, await host.spawn('Ledger', { id, ifAbsent: true })] as const),
  ),
)

async function carryOut(n: number): Promise<void> {
  const { key, entity, action, params } = commandOf(n)
  say(`TRY ${n}`)
  await ledgers.get(entity)?.ask(action, params, { idempotencyKey: key, correlationId: key })
  say(`ACK ${n}`)
}

await Promise.all(doubtful.map(carryOut))

let next = first
await Promise.all(
  Array.from({ length: lanes }, async () => {
    for (;;) await carryOut(next++)
  }),
)
