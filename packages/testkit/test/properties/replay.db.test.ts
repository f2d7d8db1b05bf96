import type { Storage } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'
import { replayProperties } from '@perdure/testkit/vitest'
import { afterAll, beforeAll, describe } from 'vitest'
import { createTestDatabase } from '../../../../test/setup/database.ts'
import type { TestDatabase } from '../../../../test/setup/database.ts'
import { sessionSpec } from '../arbitraries/specs.ts'

const options = { counterexamples: false as const, numRuns: 5, maxShrinkTries: 50 }

describe('on PGlite', () => {
  let storage: Storage
  beforeAll(async () => {
    storage = await openStorage('pglite://memory')
  })
  afterAll(() => storage.close())

  replayProperties(sessionSpec, () => ({ storage, close: async () => {} }), options)
})

describe('on PostgreSQL', () => {
  let database: TestDatabase
  let storage: Storage
  beforeAll(async () => {
    database = await createTestDatabase()
    storage = await openStorage(database.url)
  })
  afterAll(async () => {
    await storage.close()
    await database.drop()
  })

  replayProperties(sessionSpec, () => ({ storage, close: async () => {} }), options)
})
