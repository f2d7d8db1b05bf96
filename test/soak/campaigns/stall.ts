// A database that stalls for a minute under ten times the load that the host takes on: a proxy in this process lets nothing
// through, and loses nothing. What the host holds meanwhile stays within its bounds plus one operation, and everything drains.
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { openStorage } from '@perdure/storage-pg'
import { startProxy } from '../../../packages/storage-pg/test/proxy.ts'
import type { Campaign, CampaignContext, CampaignResult } from '../campaign.ts'
import { withDatabase } from '../databases.ts'
import { Ledger } from '../ledger.ts'
import { Load } from '../load.ts'

const bounds = {
  maxCommandsInFlight: 100,
  maxBytesInFlight: 128 * 1024,
  maxCommandsWaiting: 1_000,
  maxBytesWaiting: 1024 * 1024,
}
/** Ten times what may be on its way. */
const lanes = 1_000
/** More than the largest command takes. */
const oneOperation = 8 * 1024

/** Stalls of a minute; a single one, as in `npm test`, is of three seconds. */
export const stall: Campaign = {
  name: 'stall',
  about: 'a database that stalls for a minute under ten times the load',
  short: 1,
  long: 2,
  run: (context) =>
    withDatabase(context.serverUrl, async (database) => {
      const proxy = await startProxy(database.url)
      try {
        return await runStalls(context, proxy, database.url)
      } finally {
        await proxy.close()
      }
    }),
}

async function runStalls(
  { faults: wanted, isOver, say }: CampaignContext,
  proxy: Awaited<ReturnType<typeof startProxy>>,
  directUrl: string,
): Promise<CampaignResult> {
  const ledger = new Ledger()
  const load = new Load({
    open: () => openStorage(proxy.url),
    log: ledger.logOf(1),
    next: ledger.next,
    lanes,
    isTidying: false,
    host: { ...bounds, retry: {} },
  })
  const running = load.run()
  const failed = new AbortController()
  running.catch(() => failed.abort())
  const most = { entries: 0, bytes: 0, waiting: 0, bytesWaiting: 0, heap: 0, rss: 0 }
  let faults = 0
  await load.progress(2_000)
  for (; faults < wanted && !isOver() && !failed.signal.aborted; faults++) {
    const before = memoryNow()
    proxy.pause()
    const ms = wanted === 1 ? 3_000 : 60_000
    for (let waited = 0; waited < ms && !failed.signal.aborted; waited += 500) {
      await sleep(500)
      const queue = (await load.health())?.queue
      if (queue === undefined) continue
      for (const name of ['entries', 'bytes', 'waiting', 'bytesWaiting'] as const)
        most[name] = Math.max(most[name], queue[name])
    }
    const now = memoryNow()
    most.heap = Math.max(most.heap, now.heap - before.heap)
    most.rss = Math.max(most.rss, now.rss - before.rss)
    say(JSON.stringify(most))
    proxy.resume()
    await load.progress(2 * lanes)
  }
  load.end()
  await running
  if (most.entries > bounds.maxCommandsInFlight || most.bytes > bounds.maxBytesInFlight + oneOperation)
    throw new Error(`more was on its way than may be: ${JSON.stringify(most)}`)
  if (most.waiting > bounds.maxCommandsWaiting || most.bytesWaiting > bounds.maxBytesWaiting + oneOperation)
    throw new Error(`more waited than may: ${JSON.stringify(most)}`)
  if (most.waiting < lanes / 4) throw new Error(`nothing stalled: ${JSON.stringify(most)}`)
  const storage = await openStorage(directUrl)
  const compared = await ledger.compare(storage)
  await storage.close()
  const { hosts } = load.facts
  const { heap, rss, ...queue } = most
  const counts = Object.fromEntries(Object.entries(queue).map(([name, count]) => [`most ${name}`, count]))
  const notes = { ...counts, 'heap grew by': megabytes(heap), 'rss grew by': megabytes(rss) }
  return { ...compared, faults, notes: { ...notes, 'hosts that gave up': hosts - 1 } }
}

/** What is held, after what is not has been let go of. */
function memoryNow(): { readonly heap: number; readonly rss: number } {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  const { heapUsed: heap, rss } = process.memoryUsage()
  return { heap, rss }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`
}
