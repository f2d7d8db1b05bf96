import { createHost } from '@perdure/actors'
import { loadSpecs } from '@perdure/spec-parser'
import { openStorage } from '@perdure/storage-pg'
import type { EntityTypes } from './entities.ts'

// An embedded database in ./.perdure, or your Postgres: DATABASE_URL=postgres://user:password@host/database
const storage = await openStorage(process.env['DATABASE_URL'] ?? 'pglite://./.perdure')
const specs = await loadSpecs('entities/*.ioa.toml')
const host = await createHost<EntityTypes>({ specs, storage })

const order = await host.spawn('Order')
const refused = await order.tryAsk('Place') // the guard says no: nothing is stored
if (!refused.ok) console.log(refused.error.message)

await order.ask('AddItem', { note: 'by Friday, please' }) // resolves after COMMIT
await order.ask('Place')
const { event, state } = await order.ask('Ship', { carrier: 'bicycle' })
console.log(`order ${order.id} is ${state.status} since event ${event.sequence}`)

for await (const past of order.history()) console.log(past.sequence, past.action, '→', past.to)
await host.stop()
