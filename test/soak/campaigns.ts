import type { Campaign } from './campaign.ts'
import { killHost, killPglite } from './campaigns/kill-host.ts'

/** All campaigns, in the order in which they run. */
export const campaigns: readonly Campaign[] = [killHost, killPglite]
