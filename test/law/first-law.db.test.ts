import type { Storage } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../setup/database.ts'
import type { TestDatabase } from '../setup/database.ts'
import { lawRun } from './law-steps.ts'
import { checkFirstLaw } from './check-first-law.ts'

const law = 'live ≡ replay ≡ snapshot + tail, for any snapshot position and any command sequence'

/** Every run has a tenant of its own on one storage. */
async function holdsOn(storage: Storage): Promise<void> {
  let run = 0
  await fc.assert(
    fc.asyncProperty(lawRun, (steps) => checkFirstLaw(storage, `law-${++run}`, steps)),
    { numRuns: fc.readConfigureGlobal().numRuns ?? 20 },
  )
}

describe('on PGlite', () => {
  let storage: Storage
  beforeAll(async () => {
    storage = await openStorage('pglite://memory')
  })
  afterAll(() => storage.close())

  it(law, () => holdsOn(storage))
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

  it(law, async () => {
    await holdsOn(storage)
    const [row] = await database.query<{ isDense: boolean }>(
      `select count(*) = coalesce(max(position), 0) and count(distinct position) = count(*) as "isDense" from perdure.events`,
    )
    expect(row).toEqual({ isDense: true })
  })
})
