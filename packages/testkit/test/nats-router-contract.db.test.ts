// The router contract on NATS: a server of its own for this file, another prefix for each case.
import { randomUUID } from 'node:crypto'
import { openNatsRouter } from '@perdure/actors/nats'
import { routerContract } from '@perdure/testkit/vitest'
import { afterAll, beforeAll, describe } from 'vitest'
import { natsIsMissing, startNatsServer } from '../../../test/setup/nats.ts'
import type { NatsServer } from '../../../test/setup/nats.ts'

describe.skipIf(natsIsMissing !== undefined)(natsIsMissing ?? 'over NATS', () => {
  let server: NatsServer
  beforeAll(async () => {
    server = await startNatsServer()
  })
  afterAll(() => server.stop())

  routerContract('NATS', async () => {
    const prefix = `test.${randomUUID()}`
    const connection = { servers: server.url, reconnectTimeWait: 50 }
    return {
      open: (options) => openNatsRouter({ prefix, connection, ...options }),
      outage: { begin: () => server.kill(), end: () => server.restart() },
      // A case that fails may leave it dead.
      close: () => server.restart(),
    }
  })
})
