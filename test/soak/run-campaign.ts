import { seededRandom } from '../crash/seeded-random.ts'
import type { Campaign, CampaignResult } from './campaign.ts'

/** How far to go. */
export interface RunOptions {
  readonly serverUrl: string
  readonly seed: number
  readonly faults: number
  /** @defaultValue no limit but the number of faults */
  readonly minutes?: number
  readonly say?: (text: string) => void
}

/** Runs one campaign. @throws what it found wrong, with the line that runs it again */
export async function runCampaign(campaign: Campaign, options: RunOptions): Promise<CampaignResult> {
  const { seed, serverUrl, faults, minutes = Number.POSITIVE_INFINITY, say = () => {} } = options
  const next = seededRandom(seed)
  const end = performance.now() + minutes * 60_000
  try {
    const isOver = (): boolean => performance.now() >= end
    return await campaign.run({ serverUrl, random: { next }, faults, isOver, say })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`${why}\nrepro: pnpm test:soak ${campaign.name} --seed ${seed}`, { cause: error })
  }
}
