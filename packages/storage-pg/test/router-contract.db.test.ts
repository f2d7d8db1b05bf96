// The router on PostgreSQL, held to what every router owes. Each case leaves the tables empty for the next.
import { openRouter, openStorage } from '@perdure/storage-pg'
import { routerContract } from '@perdure/testkit/vitest'
import { afterAll, beforeAll } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { startProxy } from './proxy.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
  await (await openStorage(database.url)).close()
})

afterAll(() => database.drop())

routerContract('PostgreSQL', async () => {
  const proxy = await startProxy(database.url)
  return {
    // Time runs for the router as given; a server that is away is found out about sooner than in production.
    open: (options) =>
      openRouter(proxy.url, {
        pool: { connectTimeoutMs: 1_000, statementTimeoutMs: 10_000 },
        ...options,
      }),
    outage: {
      begin: async () => {
        proxy.serveNew(false)
        proxy.cutAll()
      },
      end: async () => proxy.serveNew(true),
    },
    close: async () => {
      await proxy.close()
      await database.query('truncate perdure.router_seats, perdure.router_requests')
    },
  }
})
