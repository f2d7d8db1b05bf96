// The storage contract, on both engines. One PGlite and one database for the file, a schema for each case.
import { silentLogger } from '@perdure/core'
import { storageContract } from '@perdure/testkit/vitest'
import { afterAll, beforeAll } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import type { Engine } from '../src/connect/engine.ts'
import { openPgPool } from '../src/connect/pg-pool.ts'
import { openPgliteInMemory } from '../src/connect/pglite.ts'
import { openSubject, unowned } from './subjects.ts'

let server: TestDatabase
let postgres: Engine
let pglite: Engine

beforeAll(async () => {
  server = await createTestDatabase()
  postgres = openPgPool(server.url, {}, silentLogger)
  pglite = await openPgliteInMemory()
})

afterAll(async () => {
  await pglite.close()
  await postgres.close()
  await server.drop()
})

// Two openings of one database must not share a pool, or they would share its fate.
storageContract('PostgreSQL', () => openSubject(postgres, () => openPgPool(server.url, {}, silentLogger)), {
  numRuns: 20,
})

storageContract('PGlite', () => openSubject(pglite, () => unowned(pglite)), {
  numRuns: 10,
  off: {
    durable: 'in memory',
    survivesPowerLoss: 'PGlite does not sync its files',
    shared: 'one connection in one process',
  },
})
