import { openMemoryStorage } from '@perdure/core/memory'
import * as fc from 'fast-check'
import { it } from 'vitest'
import { lawRun } from './law-steps.ts'
import { checkFirstLaw } from './check-first-law.ts'

it('live ≡ replay ≡ snapshot + tail, for any snapshot position and any command sequence (memory)', async () => {
  await fc.assert(
    fc.asyncProperty(lawRun, fc.integer({ min: 1, max: 6 }), (steps, pageEvents) => {
      const storage = openMemoryStorage({ pageEvents })
      return checkFirstLaw(storage, 'law', steps, (tenant, hash) => storage.tamper.deleteBlob(tenant, hash))
    }),
  )
})
