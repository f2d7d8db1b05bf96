// The frame of the campaigns whose faults are the server's or the network's: a load in this process, one fault after another
// while it makes progress, and a comparison when all is well again.
import type { Clock } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'
import type { StorageOptions } from '@perdure/storage-pg'
import { between } from './campaign.ts'
import type { CampaignContext, CampaignResult } from './campaign.ts'
import { Ledger } from './ledger.ts'
import { Load } from './load.ts'
import type { LoadOptions } from './load.ts'

/** What happens under load. */
export interface Disturbance {
  readonly context: CampaignContext
  /** Where the load finds the database. */
  readonly url: string
  /** Where the comparison finds it. @defaultValue `url` */
  readonly directUrl?: string
  readonly storage?: StorageOptions
  readonly host?: LoadOptions['host']
  /** The time of the comparison. @defaultValue the machine's */
  readonly comparisonClock?: Clock
  /** Brings one fault about, and takes it away again if it does not pass by itself. */
  readonly disturb: (nth: number) => Promise<void>
  /** Called once no more faults come. */
  readonly heal?: () => Promise<void>
}

/** Runs it. @throws Violation */
export async function underLoad(disturbance: Disturbance): Promise<CampaignResult> {
  const { context, url, directUrl = url, disturb, heal, host } = disturbance
  const { random, isOver, say } = context
  const ledger = new Ledger()
  const load = new Load({
    open: () => openStorage(url, disturbance.storage),
    log: ledger.logOf(1),
    next: ledger.next,
    ...(host && { host }),
  })
  const running = load.run()
  const failed = new AbortController()
  running.catch(() => {
    failed.abort()
    load.end()
  })
  let faults = 0
  for (; faults < context.faults && !isOver() && !failed.signal.aborted; faults++) {
    await load.progress(between(random, 1, 60))
    await disturb(faults)
    if ((faults + 1) % 25 === 0) say(`${faults + 1} faults, ${load.facts.answered} acknowledged`)
  }
  await heal?.()
  await load.progress(20)
  load.end()
  await running
  const storage = await openStorage(directUrl)
  const compared = await ledger.compare(storage, 20, disturbance.comparisonClock)
  await storage.close()
  const { hosts, repeats } = load.facts
  return { ...compared, faults, notes: { 'asked again': count(repeats), 'hosts that gave up': hosts - 1 } }
}

function count(repeats: Readonly<Record<string, number>>): string {
  const parts = Object.entries(repeats).map(([why, times]) => `${times} ${why}`)
  return parts.length === 0 ? 'none' : parts.join(' + ')
}
