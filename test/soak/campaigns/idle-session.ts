// Sessions that idle in a transaction for as long as the campaign lasts, ten minutes in the soak, while hosts commit, are
// delayed and give up after their events have positions, and readers by cursor go on: they miss nothing, see nothing twice and
// are never stalled. Peers whose positions are drawn before COMMIT have readers wait for the oldest transaction, or lose events.
import { setTimeout as sleep } from 'node:timers/promises'
import { StorageError } from '@perdure/core'
import type { Probe } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'
import { Client } from 'pg'
import type { TestDatabase } from '../../setup/database.ts'
import { between } from '../campaign.ts'
import type { Campaign, CampaignContext, CampaignResult } from '../campaign.ts'
import { withDatabase } from '../databases.ts'
import { Ledger } from '../ledger.ts'
import { Load } from '../load.ts'
import { LogReaders } from '../log-readers.ts'

const hosts = 3

/** For so many seconds. */
export const idleSession: Campaign = {
  name: 'idle-session',
  about: 'seconds in which sessions idle in a transaction while commits are delayed and given up',
  short: 3,
  long: 600,
  run: (context) =>
    withDatabase(context.serverUrl, async (database) => {
      const storage = await openStorage(database.url)
      const idlers = await startIdling(database)
      const readers = new LogReaders(storage, database)
      await readers.start()
      const result = await hold(context, database, idlers, readers)
      await storage.close()
      return result
    }),
}

/** A session with a snapshot and a transaction id, and one with an uncommitted write of a table that is no concern of ours. */
async function startIdling(database: TestDatabase): Promise<readonly Client[]> {
  await database.query('create table elsewhere (n int)')
  const [reading, writing] = [await connect(database), await connect(database)]
  await reading.query('begin isolation level repeatable read')
  await reading.query('select pg_current_xact_id(), count(*) from perdure.events')
  await writing.query('begin')
  await writing.query('insert into elsewhere values (1)')
  return [reading, writing]
}

async function connect(database: TestDatabase): Promise<Client> {
  const client = new Client({ connectionString: database.url })
  await client.connect()
  return client
}

async function hold(
  context: CampaignContext,
  database: TestDatabase,
  idlers: readonly Client[],
  readers: LogReaders,
): Promise<CampaignResult> {
  const { faults, isOver, say } = context
  const counts = { delayed: 0, 'given up': 0 }
  const ledger = new Ledger()
  const loads = Array.from({ length: hosts }, (_, nth) => {
    const probe = disturbing(context, counts)
    const open = (): ReturnType<typeof openStorage> => openStorage(database.url, { probe, pool: { max: 3 } })
    return new Load({ open, log: ledger.logOf(nth + 1), next: ledger.next, lanes: 4, isTidying: nth === 0 })
  })
  const running = Promise.all(loads.map((load) => load.run()))
  const failed = new AbortController()
  running.catch(() => failed.abort())
  const begun = performance.now()
  const seconds = (): number => Math.floor((performance.now() - begun) / 1_000)
  const perMinute: bigint[] = []
  let seen = 0n
  while (seconds() < faults && !isOver() && !failed.signal.aborted) {
    await sleep(250)
    const head = await readers.catchUp()
    if (seconds() < 60 * (perMinute.length + 1)) continue
    perMinute.push(head - seen)
    seen = head
    say(`${seconds()} s, ${head} positions, longest lag ${Math.round(readers.longestLagMs)} ms`)
  }
  for (const load of loads) load.end()
  await running
  // All of it is read while the sessions still idle: nobody has waited for them.
  await readers.stop()
  const held = await heldSeconds(database, idlers.length)
  for (const idler of idlers) await idler.end()
  const storage = await openStorage(database.url)
  const compared = await ledger.compare(storage)
  await storage.close()
  const notes = {
    ...counts,
    'idle for at least, s': held,
    'longest lag of a reader, ms': Math.round(readers.longestLagMs),
    'positions a minute': perMinute.join(' '),
  }
  return { ...compared, faults: Math.min(held, faults), notes }
}

/** Commits with contents are transactions of several statements: they have positions when they are delayed, or given up. */
function disturbing({ random }: CampaignContext, counts: { delayed: number; 'given up': number }): Probe {
  return async (point) => {
    if (point !== 'storage.commit.written') return
    const chance = random.next()
    if (chance < 0.3) {
      counts.delayed++
      await sleep(between(random, 1, chance < 0.01 ? 1_000 : 30))
    }
    if (random.next() < 0.2) {
      counts['given up']++
      throw new StorageError('storage_unavailable', 'given up by the campaign')
    }
  }
}

/** How long the sessions have idled in their transactions without a break, by the server. @throws when one has not */
async function heldSeconds(database: TestDatabase, sessions: number): Promise<number> {
  const rows = await database.query<{ seconds: number }>(
    `select floor(extract(epoch from clock_timestamp() - state_change))::int as seconds from pg_stat_activity
     where datname = current_database() and state = 'idle in transaction' and backend_xid is not null
       and xact_start <= state_change
     order by xact_start limit ${sessions}`,
  )
  if (rows.length < sessions) throw new Error(`only ${rows.length} of ${sessions} sessions still idle`)
  return Math.min(...rows.map(({ seconds }) => seconds))
}
