import { openMemoryStorage } from '@perdure/core/memory'
import { replayProperties } from '@perdure/testkit/vitest'
import { sessionSpec } from '../arbitraries/specs.ts'

replayProperties(
  sessionSpec,
  () => {
    const storage = openMemoryStorage()
    return { storage, tamper: storage.tamper, close: () => storage.close() }
  },
  { counterexamples: false, numRuns: 60 },
)
