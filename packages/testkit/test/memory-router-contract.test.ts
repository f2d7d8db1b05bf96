import { MemoryNetwork } from '@perdure/core/memory'
import { routerContract } from '@perdure/testkit/vitest'

routerContract(
  'memory',
  async () => {
    const network = new MemoryNetwork()
    return { open: async (options) => network.open(options), close: async () => {} }
  },
  { off: { outage: 'nothing lies between the routers of one process' } },
)
