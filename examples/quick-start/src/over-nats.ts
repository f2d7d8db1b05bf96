// One of several hosts on one database: they hand each other commands over NATS.
import { createHost } from '@perdure/actors'
import type { Host } from '@perdure/actors'
import { openNatsRouter } from '@perdure/actors/nats'
import { loadSpecs } from '@perdure/spec-parser'
import { openStorage } from '@perdure/storage-pg'

export async function startHostOverNats(databaseUrl: string, natsUrl: string): Promise<Host> {
  const specs = await loadSpecs('order.ioa.toml')
  const storage = await openStorage(databaseUrl)
  const router = await openNatsRouter({
    prefix: 'shop.production', // one for each database
    connection: { servers: natsUrl }, // and credentials, TLS, … as NATS' own client takes them
  })
  return createHost({ specs, storage, router })
}
