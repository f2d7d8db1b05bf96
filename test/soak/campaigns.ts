import type { Campaign } from './campaign.ts'
import { clockJumps } from './campaigns/clock.ts'
import { diskFull } from './campaigns/disk-full.ts'
import { idleSession } from './campaigns/idle-session.ts'
import { killImport } from './campaigns/kill-import.ts'
import { killHost, killPglite } from './campaigns/kill-host.ts'
import { cuts, silence } from './campaigns/network.ts'
import { errors, readOnly, serverDeaths, terminations } from './campaigns/server.ts'
import { stall } from './campaigns/stall.ts'
import { ownership } from './campaigns/ownership.ts'
import { twoHosts } from './campaigns/two-hosts.ts'

/** All campaigns, in the order in which they run. */
export const campaigns: readonly Campaign[] = [
  killHost,
  killPglite,
  killImport,
  serverDeaths,
  terminations,
  errors,
  readOnly,
  diskFull,
  cuts,
  silence,
  stall,
  clockJumps,
  twoHosts,
  ownership,
  idleSession,
]
