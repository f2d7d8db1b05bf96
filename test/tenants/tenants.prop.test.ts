import { fc, test } from '@fast-check/vitest'
import { openMemoryStorage } from '@perdure/core/memory'
import { checkTenants, tenantSteps } from './check-tenants.ts'

test.prop([tenantSteps], { numRuns: fc.readConfigureGlobal().numRuns ?? 60 })(
  'two tenants with equal ids, keys and contents never see each other (memory)',
  async (steps) => {
    const storage = openMemoryStorage()
    await checkTenants(storage, ['a', 'b'], steps)
    await storage.close()
  },
)
