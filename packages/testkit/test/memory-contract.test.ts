import { openMemoryStorage } from '@perdure/core/memory'
import { storageContract } from '@perdure/testkit/vitest'

storageContract(
  'memory',
  async () => {
    const storage = openMemoryStorage()
    return { storage, tamper: storage.tamper, close: () => storage.close() }
  },
  {
    off: {
      durable: 'it lives in the memory of the process',
      survivesPowerLoss: 'it lives in the memory of the process',
      shared: 'no other process can reach it',
    },
  },
)
