import { openStorage } from '@perdure/storage-pg'
import * as fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from '../setup/database.ts'
import { checkTenants, tenantSteps } from './check-tenants.ts'

it.each(['pglite', 'postgres'])(
  'two tenants with equal ids, keys and contents never see each other (%s)',
  async (engine) => {
    const database = await createTestDatabase()
    onTestFinished(() => database.drop())
    const storage = await openStorage(engine === 'pglite' ? 'pglite://memory' : database.url)
    onTestFinished(() => storage.close())
    let count = 0
    await fc.assert(
      fc.asyncProperty(tenantSteps, async (steps) => {
        count++
        await checkTenants(storage, [`a-${count}`, `b-${count}`], steps)
      }),
      { numRuns: fc.readConfigureGlobal().numRuns ?? 6 },
    )
    expect((await storage.verify()).findings).toEqual([])
  },
)
