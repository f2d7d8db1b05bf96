import { createHost } from '@perdure/actors'
import type { Host } from '@perdure/actors'
import { openNatsRouter } from '@perdure/actors/nats'
import type { EntitySpec } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'

/** The same, where hosts reach each other over NATS. */
export async function startMember(url: string, natsUrl: string, specs: readonly EntitySpec[]): Promise<Host> {
  const storage = await openStorage(url)
  const router = await openNatsRouter({
    prefix: 'shop.production', // one for each database
    connection: { servers: natsUrl }, // and credentials, TLS, …, as NATS' own client takes them
  })
  return createHost({ specs, storage, router })
}
