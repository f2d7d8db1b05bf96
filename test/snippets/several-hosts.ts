import { createHost } from '@perdure/actors'
import type { Host } from '@perdure/actors'
import type { EntitySpec } from '@perdure/core'
import { openRouter, openStorage } from '@perdure/storage-pg'

/** Every process of a service starts so, on one database. */
export async function startMember(url: string, specs: readonly EntitySpec[], hostId: string): Promise<Host> {
  const storage = await openStorage(url)
  const router = await openRouter(url)
  return createHost({ specs, storage, router, hostId, leaseMs: 10_000 })
}
