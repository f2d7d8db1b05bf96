// On several servers a commit comes to be seen node by node, and the log's head may be seen before an event is. A reader that
// went on to that head would never see the event: so a page ends where everything before it is there. Positions are dense, and
// counting tells. One server shows all of a commit at once, and is not asked.
import { sql } from 'kysely'
import type { StorageContext } from '../storage-context.ts'

/** A commit that is under way shows within milliseconds; one that lost its coordinator after a minute or so. */
const [tries, pauseMs] = [20, 10]

/** How far a page may look. */
export interface SettledPositions {
  /** How many positions; none while one of them is not there yet. */
  readonly count: number
  /** The log's head, as far as its readers may know of it. */
  readonly head: bigint
}

/** Waits a little for positions that are not there yet. */
export async function settledPositions(
  context: StorageContext,
  after: bigint,
  scanned: number,
): Promise<SettledPositions> {
  const { database, tables, clock, logger } = context
  const { rows } = await sql<{ position: bigint }>`select position from ${tables.logHead}`.execute(database)
  const head = rows[0]?.position ?? 0n
  const to = after + BigInt(scanned) < head ? after + BigInt(scanned) : head
  if (to <= after) return { count: 0, head }
  for (let nth = 1; nth <= tries; nth++) {
    if ((await countPositions(context, after, to)) === to - after) return { count: Number(to - after), head }
    await new Promise<void>((resolve) => {
      clock.setTimeout(resolve, pauseMs)
    })
  }
  logger.warn({ after, to }, 'not every node shows all events of the log yet; its readers wait')
  return { count: 0, head: after }
}

/** Of the positions after one and up to another, those of events that are there or were erased. */
async function countPositions(
  { database, tables }: StorageContext,
  after: bigint,
  to: bigint,
): Promise<bigint> {
  const { rows } = await sql<{ stored: bigint; erased: bigint }>`
    select
      (select count(*) from ${tables.events} where position > ${after}::int8 and position <= ${to}::int8) as stored,
      (select coalesce(sum(least(last, ${to}::int8) - greatest(first, ${after}::int8 + 1) + 1), 0)::int8
        from ${tables.erasedPositions} where last > ${after}::int8 and first <= ${to}::int8) as erased`.execute(
    database,
  )
  return (rows[0]?.stored ?? 0n) + (rows[0]?.erased ?? 0n)
}
