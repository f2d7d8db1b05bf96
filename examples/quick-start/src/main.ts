import { createHost } from '@perdure/actors'
import { loadSpecs } from '@perdure/spec-parser'
import { openStorage } from '@perdure/storage-pg'

const specs = await loadSpecs('order.ioa.toml')
const storage = await openStorage(process.env['DATABASE_URL'] ?? 'pglite://./.perdure')
const host = await createHost({ specs, storage })

const order = await host.spawn('Order', { id: 'o-1', ifAbsent: true })
if ((await order.state()).status === 'Draft') {
  const refused = await order.tryAsk('Place') // the guard says no: nothing is stored
  if (!refused.ok) console.log(refused.error.message)
  await order.ask('AddItem', { note: 'a long note, '.repeat(20_000) }) // resolves after COMMIT
  await order.ask('Place')
}
const { status, version } = await order.state()
console.log(`${order.id} is ${status} at version ${version}`)
console.log(`its note has ${(await order.readFieldString('note')).length} characters, kept as a blob`)
for await (const event of order.history()) console.log(event.sequence, event.action, '→', event.to)
await host.stop()
