// Faults of the network, by a proxy in this process: connections cut around a commit, and connections that fall silent.
import { setTimeout as sleep } from 'node:timers/promises'
import { startProxy } from '../../../packages/storage-pg/test/proxy.ts'
import type { Proxy } from '../../../packages/storage-pg/test/proxy.ts'
import { between, oneOf } from '../campaign.ts'
import type { Campaign, CampaignContext, CampaignResult } from '../campaign.ts'
import { withDatabase } from '../databases.ts'
import { underLoad } from '../under-load.ts'
import type { Disturbance } from '../under-load.ts'

/** Messages around which it matters on which side the connection was lost. */
const moments = ['perdure_append', 'commit', 'perdure_write_snapshots', 'begin', 'perdure_insert_blobs']

/** Cut before the server gets a message, or after it has answered it and before the host hears. */
export const cuts: Campaign = {
  name: 'cuts',
  about: 'connections cut before COMMIT and after it, and at other messages',
  short: 15,
  long: 500,
  run: (context) =>
    behindProxy(context, {}, async (proxy, nth) => {
      if (nth % 10 === 9) return proxy.cutAll()
      proxy.cutAt(oneOf(context.random, moments), nth % 2 === 0 ? 'before' : 'after')
    }),
}

/** Limits on waiting of the order of their defaults' proportions, so that a silence is as long for them as a minute is. */
const scaledDown: Pick<Disturbance, 'storage' | 'host'> = {
  storage: { pool: { statementTimeoutMs: 300, connectTimeoutMs: 600 } },
  host: { retry: { budgetMs: 300, capMs: 10 } },
}

/** Connections that swallow everything: the one that sends a message, or all there are; at times new ones as well. */
export const silence: Campaign = {
  name: 'silence',
  about: 'half-open connections, on which nothing is ever answered',
  short: 3,
  long: 60,
  run: (context) =>
    behindProxy(context, scaledDown, async (proxy, nth) => {
      if (nth % 2 === 0) return proxy.cutAt(oneOf(context.random, moments), 'silence')
      proxy.serveNew(nth % 4 === 1)
      proxy.silenceAll()
      await sleep(between(context.random, 0, 300))
      proxy.serveNew(true)
    }),
}

function behindProxy(
  context: CampaignContext,
  options: Pick<Disturbance, 'storage' | 'host'>,
  disturb: (proxy: Proxy, nth: number) => void | Promise<void>,
): Promise<CampaignResult> {
  return withDatabase(context.serverUrl, async (database) => {
    const proxy = await startProxy(database.url)
    try {
      return await underLoad({
        ...options,
        context,
        url: proxy.url,
        directUrl: database.url,
        disturb: async (nth) => disturb(proxy, nth),
      })
    } finally {
      await proxy.close()
    }
  })
}
