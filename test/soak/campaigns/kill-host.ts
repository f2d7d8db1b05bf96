// kill -9 of the host on PostgreSQL and on PGlite: half of the times at a named point, else after a random line of what it
// says or at a random moment of its life, which may be while it opens what the last one left.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStorage } from '@perdure/storage-pg'
import type { TestDatabase } from '../../setup/database.ts'
import { between, oneOf } from '../campaign.ts'
import type { Campaign, CampaignContext, CampaignResult } from '../campaign.ts'
import { untilAlone, withDatabase } from '../databases.ts'
import { Ledger } from '../ledger.ts'
import { Load } from '../load.ts'
import { probePoints } from '../probe-points.ts'
import type { WorkerOrder } from '../soak-worker.ts'
import { Worker } from '../worker.ts'

const entities = 20

interface Killing {
  readonly context: CampaignContext
  readonly url: string
  readonly points: readonly string[]
  /** Between two lives. */
  readonly meanwhile: () => Promise<void>
  readonly maxLines: number
  /** How long a life takes to open its storage and get to work, about. */
  readonly openingMs: number
}

/** Lives and dies until there were enough deaths, then lets one life clear what is in doubt, and compares. */
async function killAndCompare({
  context,
  url,
  points,
  meanwhile,
  maxLines,
  openingMs,
}: Killing): Promise<CampaignResult> {
  const { random, isOver, say } = context
  const ledger = new Ledger()
  const reached = new Map<string, number>()
  const aims = new Map<string, number>()
  let kills = 0
  let beforeWork = 0
  let next = new Worker()
  try {
    while (kills < context.faults && !isOver()) {
      const worker = next
      next = new Worker()
      // Points where nobody has died yet come first; one that is not met three times is given up.
      const open = points.filter((point) => !reached.has(point) && (aims.get(point) ?? 0) < 3)
      const point =
        kills % 2 === 0 && points.length > 0
          ? oneOf(random, open.length > 0 ? open : points.filter((point) => reached.has(point)))
          : undefined
      const isFirstAim = point === undefined || !aims.has(point)
      if (point !== undefined) aims.set(point, (aims.get(point) ?? 0) + 1)
      const order: WorkerOrder = {
        url,
        first: ledger.next(),
        step: 1,
        doubtful: ledger.doubtful,
        entities,
        lanes: 16,
        ...(point && {
          killAt: { point, visit: point.includes('restore') || !isFirstAim ? 1 : between(random, 1, 6) },
        }),
      }
      const lines = point === undefined ? 1 + Math.floor(random.next() ** 2 * maxLines) : 250
      const isTimed = kills % 4 === 1
      await worker.work(order, ledger.logOf(kills + 1), {
        isEnough: (count) => !isTimed && count === lines,
        ...(isTimed && { afterMs: between(random, 1, 2 * openingMs) }),
      })
      kills++
      if (worker.lines === 0) beforeWork++
      if (worker.diedAt !== undefined) reached.set(worker.diedAt, (reached.get(worker.diedAt) ?? 0) + 1)
      if (kills % 10 === 0) say(`${kills} kills, ${ledger.said.acknowledged.size} acknowledged`)
      await meanwhile()
    }
  } finally {
    next.kill()
  }
  const inDoubt = ledger.doubtful.length
  const last = new Load({
    open: () => openStorage(url),
    next: ledger.next,
    doubtful: ledger.doubtful,
    log: ledger.logOf(kills + 1),
    lanes: 0,
    isTidying: false,
    entities,
  })
  await last.run()
  const storage = await openStorage(url)
  const compared = await ledger.compare(storage, entities)
  await storage.close()
  const atPoints = [...reached.values()].reduce((sum, count) => sum + count, 0)
  const notes = {
    'at named points': atPoints,
    'points reached': `${reached.size} of ${points.length}`,
    'before the first command': beforeWork,
    'in doubt at the end': inDoubt,
  }
  return { ...compared, faults: kills, notes }
}

/** Loses some contents that the log can put back, so that the next life has something to restore. */
async function loseNotes(database: TestDatabase): Promise<void> {
  await untilAlone(database)
  const [table] = await database.query<{ found: string | null }>(
    `select to_regclass('perdure.blob_refs') as found`,
  )
  if (table?.found == null) return
  await database.query(`
    with lost as (
      select tenant, hash from perdure.blob_refs group by tenant, hash having bool_and(owner = 'note') order by hash limit 3
    ), released as (
      delete from perdure.blob_refs as ref using lost where ref.tenant = lost.tenant and ref.hash = lost.hash returning ref.tenant, ref.hash
    )
    delete from perdure.blobs as blob using (select distinct tenant, hash from released) as gone
    where blob.tenant = gone.tenant and blob.hash = gone.hash`)
}

/** Work that no host of a campaign does; its kills are tests of their own. */
const elsewhere = ['import.', 'storage.consumer.', 'storage.erase.', 'host.before_swap']

/** The named points that a host of a campaign comes by. */
async function pointsOnTheWay(): Promise<readonly string[]> {
  const points = await probePoints()
  return points.filter((point) => !elsewhere.some((start) => point.startsWith(start)))
}

/** On PostgreSQL. */
export const killHost: Campaign = {
  name: 'kill-host',
  about: 'kill -9 of the host, at random and at every named point',
  short: 4,
  long: 200,
  run: async (context) => {
    const points = await pointsOnTheWay()
    return withDatabase(context.serverUrl, (database) =>
      killAndCompare({
        context,
        url: database.url,
        points,
        meanwhile: () => loseNotes(database),
        maxLines: 300,
        openingMs: 300,
      }),
    )
  },
}

/** On PGlite, whose directory the next life opens. */
export const killPglite: Campaign = {
  name: 'kill-pglite',
  about: 'kill -9 of a host with PGlite, at random and at named points',
  short: 2,
  long: 100,
  run: async (context) => {
    const folder = await mkdtemp(join(tmpdir(), 'perdure-soak-'))
    // Nobody can lose a content between two lives here, so nothing is ever restored.
    const points = (await pointsOnTheWay()).filter((point) => !point.includes('restore'))
    const meanwhile = async (): Promise<void> => {}
    const result = await killAndCompare({
      context,
      url: `pglite://${folder}/data`,
      points,
      meanwhile,
      maxLines: 300,
      openingMs: 1_500,
    })
    await rm(folder, { recursive: true, force: true })
    return result
  },
}
